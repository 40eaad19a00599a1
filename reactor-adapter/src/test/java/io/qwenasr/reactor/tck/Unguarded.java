package io.qwenasr.reactor.tck;

import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;

/**
 * Passes signals on as they are. Reactor puts a guard before any subscriber that is not its own, which serialises the
 * ends and answers bad requests: the rules would be kept by it, not by the publisher that is verified.
 *
 * <p>Like the guard, it keeps requests back until {@code onSubscribe} has returned: Reactor lets a subscriber of its own
 * be called on another thread as soon as it has requested.
 */
final class Unguarded<T> implements CoreSubscriber<T>, Subscription {

    private final Subscriber<? super T> actual;
    private final boolean answersBadRequests;
    private final AtomicLong keptBack = new AtomicLong();
    private volatile Subscription upstream;
    private volatile boolean subscribed;

    /**
     * Creates a subscriber of Reactor's kind.
     *
     * @param answersBadRequests whether to answer requests for less than one element as the guard does
     */
    Unguarded(Subscriber<? super T> actual, boolean answersBadRequests) {
        this.actual = actual;
        this.answersBadRequests = answersBadRequests;
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        upstream = subscription;
        actual.onSubscribe(this);
        subscribed = true;
        requestKeptBack();
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

    @Override
    public void request(long n) {
        if (n <= 0 && answersBadRequests) {
            upstream.cancel();
            actual.onError(new IllegalArgumentException("demand must be at least 1 (rule 3.9), not " + n));
        } else if (n <= 0) {
            upstream.request(n);
        } else {
            keptBack.accumulateAndGet(n, Operators::addCap);
            requestKeptBack();
        }
    }

    private void requestKeptBack() {
        long n = subscribed ? keptBack.getAndSet(0) : 0;
        if (n > 0) {
            upstream.request(n);
        }
    }

    @Override
    public void cancel() {
        upstream.cancel();
    }
}
