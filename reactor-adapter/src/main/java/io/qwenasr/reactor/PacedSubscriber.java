package io.qwenasr.reactor;

import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

/**
 * One subscription of {@link PacedFlux}.
 *
 * <p>At most one element is under way: requested, held for its time, or being emitted. So emissions are
 * serial by themselves, whether they come from the source's thread or from the timer's; only the end of the
 * source can coincide with a held element, and then waits for it.
 */
final class PacedSubscriber<T> implements CoreSubscriber<T>, Subscription, Runnable {

    /** How the stream as a whole stands. */
    private enum Phase {
        FLOWING,
        HOLDING,
        /** The source has ended while an element is held. */
        ENDING,
        DONE,
        CANCELLED
    }

    /** How the one element stands. */
    private enum Stage {
        NONE,
        REQUESTED,
        ARRIVED
    }

    private final CoreSubscriber<? super T> actual;
    private final PacingClock clock;
    private final ToIntFunction<T> bytes;
    private final UnaryOperator<T> copy;
    private final Scheduler scheduler;
    private final Scheduler.Worker worker;

    /** What downstream has requested and was not requested upstream yet. */
    private final AtomicLong demand = new AtomicLong();

    /** Above zero while someone pulls; it begins with onSubscribe itself, before whose end nothing may be emitted. */
    private final AtomicInteger pulls = new AtomicInteger(1);

    private final AtomicReference<Phase> phase = new AtomicReference<>(Phase.FLOWING);
    private final AtomicReference<@Nullable T> held = new AtomicReference<>();
    private volatile Stage stage = Stage.NONE;
    private @Nullable Subscription upstream;
    private @Nullable Throwable error;

    PacedSubscriber(
            CoreSubscriber<? super T> actual,
            PacingClock clock,
            ToIntFunction<T> bytes,
            UnaryOperator<T> copy,
            Scheduler scheduler,
            Scheduler.Worker worker) {
        this.actual = actual;
        this.clock = clock;
        this.bytes = bytes;
        this.copy = copy;
        this.scheduler = scheduler;
        this.worker = worker;
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
            pullAll(pulls.get());
        }
    }

    @Override
    public void request(long n) {
        if (Operators.validate(n)) {
            demand.accumulateAndGet(n, Operators::addCap);
            pull();
        }
    }

    /** Requests the next element if there is demand and none is under way; never recurses. */
    private void pull() {
        if (pulls.getAndIncrement() == 0) {
            pullAll(1);
        }
    }

    private void pullAll(int calls) {
        int missed = calls;
        do {
            if (stage == Stage.NONE && demand.get() > 0 && phase.get() == Phase.FLOWING) {
                demand.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - 1);
                stage = Stage.REQUESTED;
                upstream().request(1);
            }
            missed = pulls.addAndGet(-missed);
        } while (missed != 0);
    }

    @Override
    public void onNext(T element) {
        Phase now = phase.get();
        if (now != Phase.FLOWING && now != Phase.HOLDING) {
            Operators.onDiscard(element, currentContext());
            return;
        }
        if (stage != Stage.REQUESTED) {
            Operators.onDiscard(element, currentContext());
            upstream().cancel();
            onError(Exceptions.failWithOverflow("the audio source emitted more than was requested"));
            return;
        }
        stage = Stage.ARRIVED;
        long wait = clock.admit(bytes.applyAsInt(element), scheduler.now(TimeUnit.NANOSECONDS));
        if (wait == 0) {
            actual.onNext(element);
            stage = Stage.NONE;
            pull();
        } else {
            hold(copy.apply(element), wait);
        }
    }

    private void hold(T element, long nanos) {
        held.set(element);
        if (!phase.compareAndSet(Phase.FLOWING, Phase.HOLDING)) {
            discardHeld();
            return;
        }
        try {
            worker.schedule(this, nanos, TimeUnit.NANOSECONDS);
        } catch (RejectedExecutionException e) {
            // Cancelling disposes the worker, too; then there is no one to tell.
            if (phase.compareAndSet(Phase.HOLDING, Phase.DONE)) {
                upstream().cancel();
                discardHeld();
                actual.onError(Operators.onRejectedExecution(e, currentContext()));
            }
        }
    }

    /** The held element's time has come. */
    @Override
    public void run() {
        T element = held.getAndSet(null);
        if (element == null) {
            return;
        }
        actual.onNext(element);
        stage = Stage.NONE;
        if (phase.compareAndSet(Phase.HOLDING, Phase.FLOWING)) {
            pull();
        } else if (phase.compareAndSet(Phase.ENDING, Phase.DONE)) {
            emitEnd();
        }
    }

    @Override
    public void onComplete() {
        end();
    }

    @Override
    public void onError(Throwable cause) {
        Phase now = phase.get();
        if (now == Phase.FLOWING || now == Phase.HOLDING) {
            error = cause;
            if (end()) {
                return;
            }
        }
        Operators.onErrorDropped(cause, currentContext());
    }

    private boolean end() {
        if (phase.compareAndSet(Phase.HOLDING, Phase.ENDING)) {
            return true;
        }
        if (phase.compareAndSet(Phase.FLOWING, Phase.DONE)) {
            emitEnd();
            return true;
        }
        return false;
    }

    private void emitEnd() {
        worker.dispose();
        Throwable cause = error;
        if (cause == null) {
            actual.onComplete();
        } else {
            actual.onError(cause);
        }
    }

    @Override
    public void cancel() {
        Phase before = phase.getAndSet(Phase.CANCELLED);
        if (before != Phase.DONE && before != Phase.CANCELLED) {
            upstream().cancel();
            worker.dispose();
            discardHeld();
        }
    }

    private void discardHeld() {
        T element = held.getAndSet(null);
        if (element != null) {
            Operators.onDiscard(element, currentContext());
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
