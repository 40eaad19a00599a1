package io.qwenasr.samples.localengine;

import io.qwenasr.AudioSignal;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.audio.AudioTimeline;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

/**
 * One subscription: takes audio in, hands events out, and decodes in between, all in slices on a shared
 * executor.
 *
 * <p>{@link #run()} is one slice and never runs twice at once: whoever raises {@link #wip} from zero
 * schedules it, and it schedules itself again while there is work, behind the other sessions. So everything
 * but the few marked fields is confined to it, the native decoder included.
 */
final class EngineSession implements Subscription, Runnable {

    /** Signals asked of the audio and not yet handled: one in work, one on its way. */
    private static final int PREFETCH = 2;

    private final CoreSubscriber<? super TranscriptionEvent> downstream;
    private final Executor executor;
    private final Consumer<EngineSession> onEnd;
    private final AudioInput input = new AudioInput();

    // Touched by any thread.
    private final AtomicInteger wip = new AtomicInteger(1); // not before start()
    private final AtomicLong requested = new AtomicLong();
    private final Queue<AudioSignal> inbox = Queues.<AudioSignal>get(PREFETCH).get();
    private volatile boolean subscribed;
    private volatile boolean cancelled;
    private volatile boolean audioComplete;
    private volatile @Nullable Throwable failure;

    // Confined to run().
    private final Turns turns;
    private final PcmReader reader;
    private final AudioTimeline timeline;
    private final Queue<TranscriptionEvent> outbox = new ArrayDeque<>();
    private int outstanding;
    private boolean finished;
    private boolean ended;

    EngineSession(
            CoreSubscriber<? super TranscriptionEvent> downstream,
            Executor executor,
            TranscriptionEvent first,
            Function<Consumer<TranscriptionEvent>, Turns> turns,
            PcmReader reader,
            AudioTimeline timeline,
            Consumer<EngineSession> onEnd) {
        this.downstream = downstream;
        this.executor = executor;
        this.turns = turns.apply(event -> outbox.add(timeline.place(event)));
        this.reader = reader;
        this.timeline = timeline;
        this.onEnd = onEnd;
        outbox.add(first);
    }

    /** Begins to run; to be called once, after the subscriber got this as its subscription. */
    void start() {
        executor.execute(this);
    }

    CoreSubscriber<AudioSignal> input() {
        return input;
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            fail(new IllegalArgumentException("§3.9: the request must be positive, not " + n));
            return;
        }
        requested.accumulateAndGet(n, Operators::addCap);
        schedule();
    }

    @Override
    public void cancel() {
        cancelled = true;
        input.dispose();
        schedule();
    }

    /** Ends the session with an error as soon as the slice under way, if any, is done. */
    void fail(Throwable error) {
        if (failure == null) {
            failure = error;
        }
        input.dispose();
        schedule();
    }

    private void schedule() {
        if (wip.getAndIncrement() == 0) {
            executor.execute(this);
        }
    }

    @Override
    public void run() {
        int seen = wip.get();
        boolean more;
        try {
            more = slice();
        } catch (Throwable e) {
            more = false;
            if (!ended) {
                end();
                downstream.onError(e);
            }
        }
        if (ended) {
            return; // wip stays above zero: nothing is ever scheduled again
        }
        if (more || wip.addAndGet(-seen) != 0) {
            executor.execute(this);
        }
    }

    /** Does a bounded piece of work; tells whether there is more to do at once. */
    private boolean slice() {
        deliver();
        Throwable error = failure;
        if (cancelled) {
            end();
            return false;
        }
        if (error != null) {
            end();
            downstream.onError(error);
            return false;
        }
        if (!outbox.isEmpty()) {
            return false;
        }
        if (finished) {
            end();
            downstream.onComplete();
            return false;
        }
        boolean worked = work();
        askForAudio();
        return worked;
    }

    private void deliver() {
        long demand = requested.get();
        long emitted = 0;
        while (emitted < demand && !cancelled && !outbox.isEmpty()) {
            downstream.onNext(outbox.remove());
            emitted++;
        }
        if (demand != Long.MAX_VALUE) {
            requested.addAndGet(-emitted);
        }
    }

    private boolean work() {
        if (reader.hasRemaining()) {
            turns.audio(reader.read());
            return true;
        }
        boolean complete = audioComplete; // read before the inbox, which fills before this is set
        AudioSignal signal = inbox.poll();
        if (signal != null) {
            outstanding--;
            handle(signal);
            return true;
        }
        if (complete) {
            finished = true;
            turns.audio(reader.flush());
            turns.finish();
        }
        return complete;
    }

    private void handle(AudioSignal signal) {
        if (signal instanceof AudioSignal.Chunk chunk) {
            timeline.heard(chunk.audio().remaining());
            reader.chunk(chunk.audio());
        } else if (signal instanceof AudioSignal.Gap gap) {
            outbox.add(timeline.gap(gap));
        } else if (signal instanceof AudioSignal.Commit) {
            turns.audio(reader.flush());
            turns.commit();
        } else if (signal instanceof AudioSignal.Clear) {
            turns.audio(reader.flush());
            turns.clear();
        }
    }

    private void askForAudio() {
        if (subscribed && !audioComplete && requested.get() > 0 && outbox.isEmpty() && outstanding < PREFETCH) {
            int count = PREFETCH - outstanding;
            outstanding = PREFETCH;
            input.request(count);
        }
    }

    private void end() {
        ended = true;
        input.dispose();
        inbox.clear();
        outbox.clear();
        try {
            turns.close();
        } catch (RuntimeException e) {
            Operators.onErrorDropped(e, downstream.currentContext());
        }
        onEnd.accept(this);
    }

    private final class AudioInput extends BaseSubscriber<AudioSignal> {

        @Override
        protected void hookOnSubscribe(Subscription subscription) {
            subscribed = true;
            schedule();
        }

        @Override
        protected void hookOnNext(AudioSignal signal) {
            AudioSignal kept = signal instanceof AudioSignal.Chunk chunk ? copy(chunk) : signal;
            if (!inbox.offer(kept)) {
                fail(new IllegalStateException("the audio publisher sent more signals than were requested"));
                return;
            }
            schedule();
        }

        private AudioSignal copy(AudioSignal.Chunk chunk) {
            ByteBuffer source = chunk.audio().duplicate();
            return AudioSignal.chunk(
                    ByteBuffer.allocate(source.remaining()).put(source).flip());
        }

        @Override
        protected void hookOnComplete() {
            audioComplete = true;
            schedule();
        }

        @Override
        protected void hookOnError(Throwable error) {
            fail(Objects.requireNonNull(error));
        }

        @Override
        public Context currentContext() {
            return downstream.currentContext();
        }
    }
}
