package io.qwenasr.session;

import io.netty.util.concurrent.EventExecutor;
import java.util.ArrayDeque;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * A queue on an event loop that one subscriber empties at its own pace.
 *
 * <p>Elements and the completion are given on the event loop and leave on it. The subscriber may come, ask and
 * cancel before there is an event loop: its demand is kept until {@link #attach}.
 */
final class QueuedPublisher<T> implements Publisher<T>, Subscription {

    /** Who fills the queue; called on the event loop. */
    interface Owner<T> {
        /** The subscriber takes an element. */
        default void onTaken(T element) {}

        /** The subscriber asked for more. */
        void onDemand();

        /** The subscriber cancelled, or broke the rules and was ended. */
        void onCancel();
    }

    private enum Attachment {
        NONE,
        ATTACHED,
        ENDED
    }

    private final Owner<T> owner;
    private final ArrayDeque<T> queue = new ArrayDeque<>();
    private final AtomicLong requested = new AtomicLong();
    private final AtomicReference<Attachment> attachment = new AtomicReference<>(Attachment.NONE);
    private final AtomicBoolean taken = new AtomicBoolean();
    private final AtomicReference<@Nullable Subscriber<? super T>> subscriber = new AtomicReference<>();
    private final AtomicReference<@Nullable Throwable> unattachedError = new AtomicReference<>();
    private final AtomicInteger everRequested = new AtomicInteger();
    private volatile @Nullable EventExecutor executor;
    private volatile boolean cancelled;
    private volatile @Nullable Runnable cancelledBeforeAttach;

    private boolean draining;
    private boolean done;
    private boolean terminated;
    private @Nullable Throwable error;

    QueuedPublisher(Owner<T> owner) {
        this.owner = owner;
    }

    @Override
    public void subscribe(Subscriber<? super T> s) {
        Objects.requireNonNull(s, "subscriber");
        if (!taken.compareAndSet(false, true)) {
            s.onSubscribe(NoSubscription.INSTANCE);
            s.onError(new IllegalStateException("a session has one subscriber; subscribe to a new session instead"));
            return;
        }
        s.onSubscribe(this);
        // Not before: nothing may be signalled while onSubscribe runs (Reactive Streams rule 1.3).
        subscriber.set(s);
        if (cancelled) {
            subscriber.set(new Gone<>());
        }
        signalUnattachedError();
        onLoop(this::drainAndTell);
    }

    /**
     * Sets what to run if the subscriber cancels, or breaks the rules and is ended, before {@link #attach}; at
     * most once, on its thread.
     */
    void whenCancelledBeforeAttach(Runnable action) {
        cancelledBeforeAttach = action;
    }

    /**
     * Gives the queue its event loop; call on it.
     *
     * @return false if the subscriber cancelled or an error ended the stream before
     */
    boolean attach(EventExecutor loop) {
        executor = loop;
        if (attachment.compareAndSet(Attachment.NONE, Attachment.ATTACHED)) {
            drain();
            return true;
        }
        return false;
    }

    /**
     * Ends the stream with an error while there is no event loop yet.
     *
     * @return false if there is one, or the stream has ended
     */
    boolean failUnattached(Throwable t) {
        if (!attachment.compareAndSet(Attachment.NONE, Attachment.ENDED)) {
            return false;
        }
        unattachedError.set(t);
        signalUnattachedError();
        return true;
    }

    /** Called by whoever comes second, the subscriber or the error. */
    private void signalUnattachedError() {
        Subscriber<? super T> s = subscriber.get();
        if (s != null) {
            Throwable t = unattachedError.getAndSet(null);
            if (t != null) {
                s.onError(t);
            }
        }
    }

    /** Returns false if nobody takes elements any more. */
    boolean offer(T element) {
        if (done || cancelled) {
            return false;
        }
        queue.add(element);
        drain();
        return true;
    }

    void complete() {
        if (!done) {
            done = true;
            drain();
        }
    }

    /** Ends the stream with an error, after what is queued. */
    void fail(Throwable t) {
        if (!done) {
            done = true;
            error = t;
            drain();
        }
    }

    int size() {
        return queue.size();
    }

    boolean wasRequested() {
        return everRequested.get() != 0;
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            rejectDemand(n);
            return;
        }
        requested.accumulateAndGet(n, (a, b) -> a + b < 0 ? Long.MAX_VALUE : a + b);
        everRequested.lazySet(1);
        onLoop(this::drainAndTell);
    }

    private void rejectDemand(long n) {
        IllegalArgumentException refusal =
                new IllegalArgumentException("demand must be at least 1, not " + n + " (Reactive Streams rule 3.9)");
        if (failUnattached(refusal)) {
            runCancelledBeforeAttach();
        } else {
            onLoop(() -> {
                if (!terminated && !cancelled) {
                    // Ahead of what is queued, be it an orderly end: this subscriber cannot be served any more.
                    queue.clear();
                    done = true;
                    error = refusal;
                    drain();
                    owner.onCancel();
                }
            });
        }
    }

    @Override
    public void cancel() {
        if (cancelled) {
            return;
        }
        cancelled = true;
        subscriber.set(new Gone<>());
        if (attachment.compareAndSet(Attachment.NONE, Attachment.ENDED)) {
            runCancelledBeforeAttach();
        } else {
            onLoop(this::cancelOnLoop);
        }
    }

    private void runCancelledBeforeAttach() {
        Runnable action = cancelledBeforeAttach;
        if (action != null) {
            action.run();
        }
    }

    private void cancelOnLoop() {
        queue.clear();
        if (!terminated) {
            terminated = true;
            owner.onCancel();
        }
    }

    private void onLoop(Runnable task) {
        EventExecutor loop = executor;
        if (loop == null || attachment.get() != Attachment.ATTACHED) {
            return;
        }
        if (loop.inEventLoop()) {
            task.run();
        } else {
            try {
                loop.execute(task);
            } catch (RejectedExecutionException loopShutDown) {
                // What waits is still owed to the subscriber, and the signals must stay serial: the one thread
                // that tells of the end of loops takes the place of this one.
                loop.terminationFuture().addListener(ended -> task.run());
            }
        }
    }

    private void drainAndTell() {
        drain();
        if (!terminated && !cancelled) {
            owner.onDemand();
        }
    }

    private void drain() {
        Subscriber<? super T> s = subscriber.get();
        if (draining || s == null) {
            return;
        }
        draining = true;
        try {
            while (!cancelled && !queue.isEmpty() && requested.get() > 0) {
                if (requested.get() != Long.MAX_VALUE) {
                    requested.decrementAndGet();
                }
                T element = queue.remove();
                owner.onTaken(element);
                s.onNext(element);
            }
            if (done && queue.isEmpty() && !terminated && !cancelled) {
                terminated = true;
                subscriber.set(new Gone<>());
                if (error == null) {
                    s.onComplete();
                } else {
                    s.onError(error);
                }
            }
        } finally {
            draining = false;
        }
    }

    /** Stands for a subscriber that is no longer referred to (rule 3.13). */
    private static final class Gone<T> implements Subscriber<T> {
        @Override
        public void onSubscribe(Subscription s) {
            s.cancel();
        }

        @Override
        public void onNext(T element) {}

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onComplete() {}
    }
}
