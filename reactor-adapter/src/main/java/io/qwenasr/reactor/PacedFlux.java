package io.qwenasr.reactor;

import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import java.util.function.ToIntFunction;
import java.util.function.UnaryOperator;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;

/**
 * Spaces elements by the audio in them.
 *
 * <p>An operator of its own because {@code delayElements} and {@code concatMap}, even without prefetch, request
 * an element of the source that nobody downstream has requested.
 *
 * @param <T> what carries the audio
 */
final class PacedFlux<T> extends FluxOperator<T, T> {

    private final Supplier<PacingClock> clock;
    private final ToIntFunction<T> bytes;
    private final UnaryOperator<T> copy;
    private final Scheduler scheduler;

    /**
     * Creates the operator.
     *
     * @param bytes how many bytes of audio an element holds
     * @param copy makes an element that outlives {@code onNext}, for one that has to wait
     */
    PacedFlux(
            Flux<? extends T> source,
            Supplier<PacingClock> clock,
            ToIntFunction<T> bytes,
            UnaryOperator<T> copy,
            Scheduler scheduler) {
        super(source);
        this.clock = clock;
        this.bytes = bytes;
        this.copy = copy;
        this.scheduler = scheduler;
    }

    @Override
    public void subscribe(CoreSubscriber<? super T> actual) {
        Scheduler.Worker worker;
        try {
            worker = scheduler.createWorker();
        } catch (RejectedExecutionException e) {
            Operators.error(actual, Operators.onRejectedExecution(e, actual.currentContext()));
            return;
        }
        source.subscribe(new PacedSubscriber<>(actual, clock.get(), bytes, copy, scheduler, worker));
    }
}
