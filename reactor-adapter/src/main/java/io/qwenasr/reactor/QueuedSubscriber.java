package io.qwenasr.reactor;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Emits what waits as it is requested, then the end of the source; a subclass says what is let wait, and how much is
 * requested.
 *
 * <p>Elements, requests and cancelling may come on different threads. Emissions are serialised by a work counter: whoever
 * raises it from zero emits, for the others too.
 */
abstract class QueuedSubscriber<T> implements CoreSubscriber<T>, Subscription {

    private final CoreSubscriber<? super T> actual;
    private final Waiting<T> waiting;
    private final AtomicLong requested = new AtomicLong();
    private final AtomicInteger drains = new AtomicInteger();

    /** Cancelled, or the end was emitted: whichever came first. */
    private final AtomicBoolean over = new AtomicBoolean();

    private volatile boolean done;
    private volatile @Nullable Throwable misuse;
    private @Nullable Throwable error;
    private @Nullable Subscription upstream;

    QueuedSubscriber(CoreSubscriber<? super T> actual, Waiting<T> waiting) {
        this.actual = actual;
        this.waiting = waiting;
    }

    /** The subscriber has its subscription. */
    void onStart() {}

    /** The subscriber asked for more, or took something. */
    void onTaken() {}

    @Override
    public final Context currentContext() {
        return actual.currentContext();
    }

    @Override
    public final void onSubscribe(Subscription subscription) {
        if (Operators.validate(upstream, subscription)) {
            upstream = subscription;
            actual.onSubscribe(this);
            onStart();
        }
    }

    @Override
    public final void request(long n) {
        if (n <= 0) {
            misuse = new IllegalArgumentException(
                    "demand must be at least 1, not " + n + " (Reactive Streams rule 3.9)");
            drain();
            return;
        }
        requested.accumulateAndGet(n, Operators::addCap);
        drain();
        onTaken();
    }

    @Override
    public final void onError(Throwable cause) {
        if (isOver()) {
            Operators.onErrorDropped(cause, currentContext());
            return;
        }
        error = cause;
        done = true;
        drain();
    }

    @Override
    public final void onComplete() {
        done = true;
        drain();
    }

    @Override
    public final void cancel() {
        if (over.compareAndSet(false, true)) {
            abandon();
        }
    }

    /** Ends the stream with an error of its own, after what waits; to be told by who brings elements. */
    final void fail(Throwable cause) {
        upstream().cancel();
        onError(cause);
    }

    /** Tells whether the source has ended. */
    final boolean isDone() {
        return done;
    }

    /** Tells whether nothing is to come: the source has ended, or the subscriber has. */
    final boolean isOver() {
        return done || over.get();
    }

    /** Lets the caller emit, if nobody does; it must then {@link #leave()}. */
    final boolean enter() {
        return drains.compareAndSet(0, 1);
    }

    final boolean isRequested() {
        return requested.get() > 0;
    }

    /** Emits something past what waits, between {@link #enter()} and {@link #leave()}. */
    final void emitNow(T element) {
        taken(1);
        actual.onNext(element);
    }

    final void drain() {
        if (drains.getAndIncrement() == 0) {
            leave();
        }
    }

    /** Emits while {@link #drains} is above zero, and brings it back to zero. */
    final void leave() {
        int missed = drains.get();
        do {
            emit();
            missed = drains.addAndGet(-missed);
        } while (missed != 0);
    }

    private void emit() {
        long demand = requested.get();
        long emitted = 0;
        while (!emitEnd() && emitted != demand) {
            T element = waiting.poll();
            if (element == null) {
                break;
            }
            emitted++;
            actual.onNext(element);
            onTaken();
        }
        taken(emitted);
    }

    private void taken(long count) {
        requested.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - count);
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
        Iterable<T> left = waiting.close();
        upstream().cancel();
        for (T element : left) {
            Operators.onDiscard(element, currentContext());
        }
    }

    final Subscription upstream() {
        Subscription subscription = upstream;
        if (subscription == null) {
            throw new IllegalStateException("not subscribed yet");
        }
        return subscription;
    }
}
