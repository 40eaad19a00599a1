package io.qwenasr.session;

import java.util.ArrayList;
import java.util.List;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** A subscriber that asks for what it is told to and keeps what it gets. */
final class Recorder<T> implements Subscriber<T> {

    final List<T> elements = new ArrayList<>();
    final List<Throwable> errors = new ArrayList<>();
    Subscription subscription;
    int completions;
    Runnable atTheEnd = () -> {};
    private final long initialDemand;

    Recorder(long initialDemand) {
        this.initialDemand = initialDemand;
    }

    @Override
    public void onSubscribe(Subscription s) {
        subscription = s;
        if (initialDemand > 0) {
            s.request(initialDemand);
        }
    }

    @Override
    public void onNext(T element) {
        elements.add(element);
    }

    @Override
    public void onError(Throwable error) {
        errors.add(error);
        atTheEnd.run();
    }

    @Override
    public void onComplete() {
        completions++;
        atTheEnd.run();
    }

    boolean isEnded() {
        return completions + errors.size() > 0;
    }
}
