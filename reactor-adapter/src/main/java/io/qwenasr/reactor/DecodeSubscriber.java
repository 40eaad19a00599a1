package io.qwenasr.reactor;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * One subscription of {@link DecodeFlux}: requests a buffer only when a requested chunk cannot be had otherwise.
 *
 * <p>The decoder and its chunks belong to one thread at a time: to the source's from the request of a buffer
 * until it was decoded, and to the one that emits at all other times.
 */
final class DecodeSubscriber implements CoreSubscriber<ByteBuffer>, Subscription {

    /** Why nothing more comes: the error goes out after what came before it, or at once. */
    private record End(@Nullable Throwable error, boolean atOnce) {}

    private final CoreSubscriber<? super ByteBuffer> actual;
    private final PcmDecoder decoder;
    private final PcmChunks chunks;
    private final AtomicLong demand = new AtomicLong();

    /** Above zero while a thread emits. */
    private final AtomicInteger work = new AtomicInteger();

    /** Once set, nothing more is taken from the source. */
    private final AtomicReference<@Nullable End> end = new AtomicReference<>();

    private @Nullable Subscription upstream;

    /** A buffer is requested and was not decoded yet. */
    private volatile boolean awaiting;

    private volatile boolean cancelled;

    /** All was decoded that ever will be. Used only while emitting. */
    private boolean finished;

    /** The end went out. Used only while emitting. */
    private boolean done;

    DecodeSubscriber(CoreSubscriber<? super ByteBuffer> actual, PcmDecoder decoder, PcmChunks chunks) {
        this.actual = actual;
        this.decoder = decoder;
        this.chunks = chunks;
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
        if (cancelled) {
            return;
        }
        if (n <= 0) {
            refuse(new IllegalArgumentException("a request must be for at least 1 chunk (§3.9), not " + n));
        } else {
            demand.accumulateAndGet(n, Operators::addCap);
            emit();
        }
    }

    @Override
    public void cancel() {
        if (!cancelled) {
            cancelled = true;
            upstream().cancel();
            emit();
        }
    }

    @Override
    public void onNext(ByteBuffer bytes) {
        if (cancelled || end.get() != null) {
            Operators.onDiscard(bytes, currentContext());
            return;
        }
        if (!awaiting) {
            Operators.onDiscard(bytes, currentContext());
            fail(Exceptions.failWithOverflow("the audio source emitted more than was requested"));
            return;
        }
        try {
            decoder.decode(bytes, chunks);
            if (decoder.isDone() && end.compareAndSet(null, new End(null, false))) {
                upstream().cancel();
            }
        } catch (Throwable e) {
            Exceptions.throwIfFatal(e);
            fail(e);
        }
        awaiting = false;
        emit();
    }

    @Override
    public void onError(Throwable error) {
        if (!cancelled && end.compareAndSet(null, new End(error, false))) {
            emit();
        } else {
            Operators.onErrorDropped(error, currentContext());
        }
    }

    @Override
    public void onComplete() {
        if (end.compareAndSet(null, new End(null, false))) {
            emit();
        }
    }

    /** Fails here, so that the source is no longer wanted. */
    private void fail(Throwable error) {
        if (!cancelled && end.compareAndSet(null, new End(error, true))) {
            upstream().cancel();
            emit();
        } else {
            Operators.onErrorDropped(error, currentContext());
        }
    }

    /** Fails whoever requested, also if the source has ended and what it gave waits to be requested. */
    private void refuse(IllegalArgumentException error) {
        End before = end.getAndSet(new End(error, true));
        if (before == null) {
            upstream().cancel();
        } else if (before.error != null) {
            Operators.onErrorDropped(before.error, currentContext());
        }
        emit();
    }

    private void emit() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            while (step()) {}
            missed = work.addAndGet(-missed);
        } while (missed != 0);
    }

    /** Takes one step; returns false if there is nothing to do. */
    private boolean step() {
        if (done || cancelled) {
            return false;
        }
        End ended = end.get();
        if (ended != null && ended.atOnce) {
            return terminate(ended.error);
        }
        if (ended == null && awaiting) {
            return false;
        }
        if (chunks.hasWhole() || (finished && !chunks.isEmpty())) {
            return demand.get() > 0 && emitNext();
        }
        if (ended == null) {
            return demand.get() > 0 && requestNext();
        }
        return (finished || ended.error != null) ? terminate(ended.error) : finish();
    }

    private boolean emitNext() {
        demand.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - 1);
        actual.onNext(chunks.take());
        return true;
    }

    private boolean requestNext() {
        awaiting = true;
        upstream().request(1);
        return true;
    }

    private boolean finish() {
        finished = true;
        try {
            decoder.finish(chunks);
            return true;
        } catch (AudioSourceException e) {
            return terminate(e);
        }
    }

    private boolean terminate(@Nullable Throwable error) {
        done = true;
        if (error == null) {
            actual.onComplete();
        } else {
            actual.onError(error);
        }
        return false;
    }

    private Subscription upstream() {
        Subscription subscription = upstream;
        if (subscription == null) {
            throw new IllegalStateException("not subscribed yet");
        }
        return subscription;
    }
}
