package io.qwenasr.reactor;

import io.qwenasr.TranscriptionEvent;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One subscription of {@link LatestPartialFlux}.
 *
 * <p>Partials are replaced where they arrive, so that it happens while another thread is busy in
 * {@code onNext} downstream. Emissions are serialised by one work counter, requests upstream by another.
 */
final class LatestPartialSubscriber implements CoreSubscriber<TranscriptionEvent>, Subscription {

    private final CoreSubscriber<? super TranscriptionEvent> actual;
    private final WaitingEvents waiting;
    private final AtomicLong requested = new AtomicLong();
    private final AtomicInteger drains = new AtomicInteger();
    private final AtomicInteger pulls = new AtomicInteger();

    /** Cancelled, or the end was emitted: whichever came first. */
    private final AtomicBoolean over = new AtomicBoolean();

    private volatile boolean done;
    private volatile @Nullable Throwable misuse;
    private @Nullable Throwable error;
    private @Nullable Subscription upstream;

    LatestPartialSubscriber(CoreSubscriber<? super TranscriptionEvent> actual, int maxWaiting) {
        this.actual = actual;
        this.waiting = new WaitingEvents(maxWaiting);
    }

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (Operators.validate(upstream, subscription)) {
            upstream = subscription;
            actual.onSubscribe(this);
        }
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            misuse = new IllegalArgumentException(
                    "demand must be at least 1, not " + n + " (Reactive Streams rule 3.9)");
            drain();
            return;
        }
        requested.accumulateAndGet(n, Operators::addCap);
        drain();
        pull();
    }

    @Override
    public void onNext(TranscriptionEvent event) {
        if (done) {
            Operators.onNextDropped(event, currentContext());
            return;
        }
        if (!waiting.arrive()) {
            Operators.onDiscard(event, currentContext());
            upstream().cancel();
            onError(Exceptions.failWithOverflow("more transcription events were emitted than requested"));
            return;
        }
        TranscriptionEvent superseded = waiting.offer(event);
        if (superseded != null) {
            Operators.onDiscard(superseded, currentContext());
        }
        drain();
        pull();
    }

    @Override
    public void onError(Throwable cause) {
        if (done) {
            Operators.onErrorDropped(cause, currentContext());
            return;
        }
        error = cause;
        done = true;
        drain();
    }

    @Override
    public void onComplete() {
        done = true;
        drain();
    }

    @Override
    public void cancel() {
        if (over.compareAndSet(false, true)) {
            abandon();
        }
    }

    /** Requests upstream what there is room for; never recurses. */
    private void pull() {
        if (pulls.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            int room = done ? 0 : waiting.grant();
            if (room > 0) {
                upstream().request(room);
            }
            missed = pulls.addAndGet(-missed);
        } while (missed != 0);
    }

    private void drain() {
        if (drains.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            emit();
            missed = drains.addAndGet(-missed);
        } while (missed != 0);
    }

    private void emit() {
        long demand = requested.get();
        long emitted = 0;
        while (!emitEnd() && emitted != demand) {
            TranscriptionEvent event = waiting.poll();
            if (event == null) {
                break;
            }
            emitted++;
            actual.onNext(event);
            pull();
        }
        long taken = emitted;
        requested.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - taken);
    }

    private boolean emitEnd() {
        Throwable refusal = misuse;
        if (refusal != null) {
            if (over.compareAndSet(false, true)) {
                abandon();
                actual.onError(refusal);
            }
            return true;
        }
        // Read before looking at what waits: nothing arrives after it is set.
        boolean last = done;
        if (!last || !waiting.isEmpty()) {
            return false;
        }
        if (over.compareAndSet(false, true)) {
            Throwable cause = error;
            if (cause == null) {
                actual.onComplete();
            } else {
                actual.onError(cause);
            }
        }
        return true;
    }

    /** Closes what waits first, so that nothing more is requested of a source that is cancelled. */
    private void abandon() {
        List<TranscriptionEvent> left = waiting.close();
        upstream().cancel();
        for (TranscriptionEvent event : left) {
            Operators.onDiscard(event, currentContext());
        }
    }

    private Subscription upstream() {
        Subscription subscription = upstream;
        if (subscription == null) {
            throw new IllegalStateException("not subscribed yet");
        }
        return subscription;
    }
}
