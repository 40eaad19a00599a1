package io.qwenasr.reactor.resume;

import io.qwenasr.TranscriptionEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.concurrent.Queues;
import reactor.util.context.Context;

/**
 * One session of a relay: its events wait here until the relay takes them.
 *
 * <p>Signals and timers may come on any threads; all else is used by the thread that works for the relay.
 */
final class RelaySession implements CoreSubscriber<TranscriptionEvent>, Disposable {

    private static final int QUEUE_CHUNK = 32;

    /** A server that goes down says of open utterances that they have failed, and then that it goes. */
    private static final Duration DOUBT = Duration.ofSeconds(1);

    private final int number;
    private final SessionRelay relay;
    private final AudioTape tape;
    private final Scheduler scheduler;
    private final TapeReader reader;
    private final long openedAt;
    private final Queue<TranscriptionEvent> events =
            Queues.<TranscriptionEvent>unbounded(QUEUE_CHUNK).get();
    private final Disposable.Composite timers = Disposables.composite();

    private volatile @Nullable Subscription upstream;
    private volatile boolean disposed;
    private volatile boolean due;
    private volatile boolean late;
    private volatile boolean beyondDoubt;
    private @Nullable Throwable error;
    private volatile boolean ended;

    private @Nullable SessionUtterances utterances;
    private boolean replaced;

    /** What may be said only since the session is about to end. */
    private final List<TranscriptionEvent.Failed> doubtful = new ArrayList<>();

    /** Events that were requested and not taken yet. */
    private long credit;

    RelaySession(int number, SessionRelay relay, AudioTape tape, Scheduler scheduler) {
        this.number = number;
        this.relay = relay;
        this.tape = tape;
        this.scheduler = scheduler;
        this.reader = new TapeReader(tape, relay::work);
        this.openedAt = scheduler.now(TimeUnit.NANOSECONDS);
    }

    /** Its time begins when it is opened. */
    void startTimers(SessionLimit limit) {
        if (limit.isKnown()) {
            timers.add(scheduler.schedule(this::onDue, limit.prepareAt().toNanos(), TimeUnit.NANOSECONDS));
            timers.add(scheduler.schedule(this::onLate, limit.switchAt().toNanos(), TimeUnit.NANOSECONDS));
        }
    }

    private void onDue() {
        due = true;
        relay.work();
    }

    private void onLate() {
        late = true;
        relay.work();
    }

    // ---- signals

    @Override
    public Context currentContext() {
        return relay.currentContext();
    }

    @Override
    public void onSubscribe(Subscription s) {
        if (!Operators.validate(upstream, s)) {
            return;
        }
        upstream = s;
        if (disposed) {
            s.cancel();
        }
        relay.work();
    }

    @Override
    public void onNext(TranscriptionEvent event) {
        events.add(event);
        relay.work();
    }

    @Override
    public void onError(Throwable failure) {
        error = failure;
        onComplete();
    }

    @Override
    public void onComplete() {
        ended = true;
        timers.dispose();
        tape.close(reader);
        relay.work();
    }

    /** Cancels the session, from any thread. */
    @Override
    public void dispose() {
        disposed = true;
        timers.dispose();
        Subscription s = upstream;
        if (s != null) {
            s.cancel();
        }
        tape.close(reader);
    }

    // ---- for the relay

    int number() {
        return number;
    }

    TapeReader reader() {
        return reader;
    }

    Duration age() {
        return Duration.ofNanos(scheduler.now(TimeUnit.NANOSECONDS) - openedAt);
    }

    /** Tells whether the next session is to be opened. */
    boolean isDue() {
        return due && !ended;
    }

    /** Tells whether the next session has to take over now. */
    boolean isLate() {
        return late;
    }

    boolean isEnded() {
        return ended;
    }

    @Nullable Throwable error() {
        return error;
    }

    /** Its audio begins. */
    void begin(SessionUtterances begun) {
        utterances = begun;
    }

    SessionUtterances utterances() {
        return Objects.requireNonNull(utterances, "its audio has not begun");
    }

    /** Another session takes over: there is no more audio for this one. */
    void replaced() {
        replaced = true;
        reader.drain();
    }

    boolean isReplaced() {
        return replaced;
    }

    /** Tells whether it took its leave: nothing is expected of it any more. */
    boolean isLeaving() {
        return replaced && utterances().isDone();
    }

    /** Keeps an event back until another kind of event follows, or nothing for a while. */
    void doubt(TranscriptionEvent.Failed failed) {
        if (doubtful.isEmpty()) {
            beyondDoubt = false;
            timers.add(scheduler.schedule(this::onBeyondDoubt, DOUBT.toNanos(), TimeUnit.NANOSECONDS));
        }
        doubtful.add(failed);
    }

    private void onBeyondDoubt() {
        beyondDoubt = true;
        relay.work();
    }

    /** Returns what was kept back and is meant. */
    List<TranscriptionEvent.Failed> takeDoubtful(boolean meant) {
        if (doubtful.isEmpty() || !(meant || beyondDoubt || (ended && error == null))) {
            return List.of();
        }
        List<TranscriptionEvent.Failed> taken = List.copyOf(doubtful);
        doubtful.clear();
        return taken;
    }

    @Nullable TranscriptionEvent peek() {
        return events.peek();
    }

    /** The first event was dealt with. */
    void remove() {
        events.poll();
        if (credit != Long.MAX_VALUE) {
            credit--;
        }
    }

    /** Tells whether all events that came were dealt with; from any thread. */
    boolean isEmpty() {
        return events.isEmpty();
    }

    /** Requests as much as is missing for so many events to come. */
    void request(long wanted, Consumer<Runnable> later) {
        Subscription s = upstream;
        long missing = wanted - credit;
        if (s != null && missing > 0 && !ended) {
            credit = wanted;
            later.accept(() -> s.request(missing));
        }
    }
}
