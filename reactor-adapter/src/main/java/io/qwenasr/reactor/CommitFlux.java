package io.qwenasr.reactor;

import io.qwenasr.AudioSignal;
import java.util.function.Function;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;
import reactor.core.publisher.Operators;

/**
 * Turns audio into signals, with a subscriber of its own for each subscription.
 *
 * <p>An operator of its own because {@code concatMap} and {@code flatMapIterable} request an element of the
 * source that nobody downstream has requested.
 */
final class CommitFlux<T> extends FluxOperator<T, AudioSignal> {

    private final Function<CoreSubscriber<? super AudioSignal>, CoreSubscriber<? super T>> subscribers;

    CommitFlux(
            Flux<? extends T> source,
            Function<CoreSubscriber<? super AudioSignal>, CoreSubscriber<? super T>> subscribers) {
        super(source);
        this.subscribers = subscribers;
    }

    @Override
    public void subscribe(CoreSubscriber<? super AudioSignal> actual) {
        CoreSubscriber<? super T> subscriber;
        try {
            subscriber = subscribers.apply(actual);
        } catch (RuntimeException e) {
            Operators.error(actual, e);
            return;
        }
        source.subscribe(subscriber);
    }
}
