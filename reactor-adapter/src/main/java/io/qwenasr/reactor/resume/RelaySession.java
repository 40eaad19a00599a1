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
    private final Disposable.Swap doubtTimer = Disposables.swap();

    private volatile @Nullable Subscription upstream;
    private volatile boolean disposed;
    private volatile boolean due;
    private volatile boolean late;
    private @Nullable Throwable error;
    private volatile long endedAt;
    private volatile boolean ended;

    private @Nullable SessionUtterances utterances;
    private boolean replaced;

    /** What may be said only since the session is about to end. */
    private final List<TranscriptionEvent.Failed> doubtful = new ArrayList<>();

    private long doubtfulSince;

    /** Events that were requested and not taken yet. */
    private long credit;

    private volatile boolean requested;

    /** @param told how long after it has heard something a session may take to tell of it */
    RelaySession(int number, SessionRelay relay, AudioTape tape, Scheduler scheduler, Duration told) {
        this.number = number;
        this.relay = relay;
        this.tape = tape;
        this.scheduler = scheduler;
        this.reader = new TapeReader(tape, new Hearing(tape.format(), scheduler, told), relay::work);
        this.openedAt = now();
        timers.add(doubtTimer);
    }

    private long now() {
        return scheduler.now(TimeUnit.NANOSECONDS);
    }

    /** Its time begins when it is opened. */
    void startTimers(@Nullable Duration limit) {
        if (limit != null) {
            timers.add(scheduler.schedule(
                    this::onDue, SessionLimit.prepareAt(limit).toNanos(), TimeUnit.NANOSECONDS));
            timers.add(scheduler.schedule(
                    this::onLate, SessionLimit.switchAt(limit).toNanos(), TimeUnit.NANOSECONDS));
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
        endedAt = now();
        ended = true;
        reader.hearing().end();
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

    /** How old it is, or became. */
    Duration age() {
        return Duration.ofNanos((ended ? endedAt : now()) - openedAt);
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
            doubtfulSince = now();
            doubtTimer.update(scheduler.schedule(relay::work, DOUBT.toNanos(), TimeUnit.NANOSECONDS));
        }
        doubtful.add(failed);
    }

    /** Returns what was kept back and is meant. */
    List<TranscriptionEvent.Failed> takeDoubtful(boolean meant) {
        if (doubtful.isEmpty() || !(meant || isBeyondDoubt())) {
            return List.of();
        }
        List<TranscriptionEvent.Failed> taken = List.copyOf(doubtful);
        doubtful.clear();
        return taken;
    }

    private boolean isBeyondDoubt() {
        return ended ? error == null : now() - doubtfulSince >= DOUBT.toNanos();
    }

    @Nullable TranscriptionEvent peek() {
        return events.peek();
    }

    /** The first event was dealt with. */
    void remove() {
        events.poll();
        if (credit != Long.MAX_VALUE) {
            credit--;
            requested = credit > 0;
        }
    }

    /** Tells whether all events that came were dealt with; from any thread. */
    boolean isEmpty() {
        return events.isEmpty();
    }

    /** Tells whether all that it has said was dealt with, and it was asked for more; from any thread. */
    boolean isHeardOut() {
        return events.isEmpty() && (ended || requested);
    }

    /** Requests as much as is missing for so many events to come. */
    void request(long wanted, Consumer<Runnable> later) {
        Subscription s = upstream;
        long missing = wanted - credit;
        if (s != null && missing > 0 && !ended) {
            credit = wanted;
            requested = true;
            later.accept(() -> s.request(missing));
        }
    }
}
