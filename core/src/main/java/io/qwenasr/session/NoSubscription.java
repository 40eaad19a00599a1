package io.qwenasr.session;

import org.reactivestreams.Subscription;

/** Stands where a subscription has ended or never was. */
enum NoSubscription implements Subscription {
    INSTANCE;

    @Override
    public void request(long n) {}

    @Override
    public void cancel() {}
}
