package io.qwenasr.session;

import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A publisher driven by hand that keeps count of what it was asked for. */
final class ManualPublisher<T> implements Publisher<T>, Subscription {

    long requested;
    long emitted;
    boolean cancelled;
    private Subscriber<? super T> subscriber;

    @Override
    public void subscribe(Subscriber<? super T> s) {
        subscriber = s;
        s.onSubscribe(this);
    }

    @Override
    public void request(long n) {
        requested += n;
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    long pending() {
        return requested - emitted;
    }

    boolean isSubscribed() {
        return subscriber != null;
    }

    void next(T element) {
        emitted++;
        subscriber.onNext(element);
    }

    void complete() {
        subscriber.onComplete();
    }

    void error(Throwable error) {
        subscriber.onError(error);
    }
}
