package io.qwenasr.reactor;

import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.util.context.Context;

/** Shows a context to the source of a plain Reactive Streams subscriber. */
final class ContextualSubscriber<T> implements CoreSubscriber<T> {

    private final Subscriber<? super T> actual;
    private final Context context;

    ContextualSubscriber(Subscriber<? super T> actual, Context context) {
        this.actual = actual;
        this.context = context;
    }

    @Override
    public Context currentContext() {
        return context;
    }

    @Override
    public void onSubscribe(Subscription s) {
        actual.onSubscribe(s);
    }

    @Override
    public void onNext(T element) {
        actual.onNext(element);
    }

    @Override
    public void onError(Throwable error) {
        actual.onError(error);
    }

    @Override
    public void onComplete() {
        actual.onComplete();
    }
}
