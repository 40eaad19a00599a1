package io.qwenasr.session;

import io.netty.util.concurrent.EventExecutor;
import io.qwenasr.TranscriptionEvent;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** Takes a backend's events from any thread to the event loop, and requests them as the client reads. */
final class BackendEvents implements Subscriber<TranscriptionEvent> {

    /** Called on the event loop. */
    interface Sink {
        /** To be answered by {@link BackendEvents#written()} once it has left. */
        void onBackendEvent(TranscriptionEvent event);

        void onBackendComplete();

        void onBackendError(Throwable error);
    }

    private final Sink sink;
    private final int limit;
    private final AtomicReference<@Nullable Subscription> upstream = new AtomicReference<>();
    private volatile @Nullable EventExecutor loop;
    private int credit;
    private long awaited;
    private boolean writable = true;

    BackendEvents(Sink sink, int limit) {
        this.sink = sink;
        this.limit = limit;
        this.credit = limit;
    }

    void attach(EventExecutor executor) {
        loop = executor;
    }

    void writable(boolean now) {
        writable = now;
        requestMore();
    }

    void written() {
        credit++;
        requestMore();
    }

    /** Tells whether the backend may say nothing, since the client does not read what it has said. */
    boolean areHeldBack() {
        return !writable || (upstream.get() != null && awaited <= 0);
    }

    private void requestMore() {
        Subscription s = upstream.get();
        if (s != null && writable && credit >= Math.max(1, limit / 2)) {
            int n = credit;
            credit = 0;
            awaited += n;
            s.request(n);
        }
    }

    void cancel() {
        Subscription s = upstream.getAndSet(NoSubscription.INSTANCE);
        if (s != null) {
            s.cancel();
        }
    }

    @Override
    public void onSubscribe(Subscription s) {
        Objects.requireNonNull(s, "subscription");
        if (upstream.compareAndSet(null, s)) {
            onLoop(this::requestMore);
        } else {
            s.cancel();
        }
    }

    @Override
    public void onNext(TranscriptionEvent event) {
        Objects.requireNonNull(event, "event");
        if (upstream.get() != NoSubscription.INSTANCE) {
            onLoop(() -> {
                if (upstream.get() != NoSubscription.INSTANCE) {
                    awaited--;
                    sink.onBackendEvent(event);
                }
            });
        }
    }

    @Override
    public void onError(Throwable error) {
        Objects.requireNonNull(error, "error");
        onLoop(() -> {
            if (upstream.getAndSet(NoSubscription.INSTANCE) != NoSubscription.INSTANCE) {
                sink.onBackendError(error);
            }
        });
    }

    @Override
    public void onComplete() {
        onLoop(() -> {
            if (upstream.getAndSet(NoSubscription.INSTANCE) != NoSubscription.INSTANCE) {
                sink.onBackendComplete();
            }
        });
    }

    /** Always through the queue of the loop, so that events which come from different threads keep their order. */
    private void onLoop(Runnable task) {
        EventExecutor executor = loop;
        if (executor == null) {
            throw new IllegalStateException("subscribed before the session was open");
        }
        try {
            executor.execute(task);
        } catch (RejectedExecutionException loopShutDown) {
            cancel();
        }
    }
}
