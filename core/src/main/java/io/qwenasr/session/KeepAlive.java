package io.qwenasr.session;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Finds out that a peer is dead: asks it for a sign of life when it has been silent, and waits so long.
 *
 * <p>Nothing but a timer costs per connection, nothing but a field per frame. Confined to the event loop.
 */
final class KeepAlive {

    interface Peer {
        /** Returns when it has left. */
        Future<Void> ping();

        void onDead();
    }

    private final Duration interval;
    private final Duration timeout;
    private final Peer peer;
    private @Nullable EventExecutor executor;
    private @Nullable Future<?> timer;
    private boolean heard;

    /**
     * @param interval how long the peer may be silent before it is asked, zero for ever
     * @param timeout how long it may take to answer, from when the question has left
     */
    KeepAlive(Duration interval, Duration timeout, Peer peer) {
        this.interval = interval;
        this.timeout = timeout;
        this.peer = peer;
    }

    void start(EventExecutor executor) {
        if (!interval.isZero()) {
            this.executor = executor;
            schedule(interval, this::askIfSilent);
        }
    }

    /** Something came from the peer, whatever it is. */
    void heard() {
        heard = true;
    }

    void stop() {
        executor = null;
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void askIfSilent() {
        if (heard) {
            heard = false;
            schedule(interval, this::askIfSilent);
        } else {
            // A peer that reads slowly keeps the question waiting here, and is alive.
            peer.ping().addListener(left -> {
                if (left.isSuccess()) {
                    schedule(timeout, this::judge);
                }
            });
        }
    }

    private void judge() {
        if (heard) {
            askIfSilent();
        } else {
            stop();
            peer.onDead();
        }
    }

    private void schedule(Duration delay, Runnable task) {
        if (executor != null) {
            timer = executor.schedule(task, delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }
}
