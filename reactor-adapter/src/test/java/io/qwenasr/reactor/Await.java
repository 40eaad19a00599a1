package io.qwenasr.reactor;

import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what has no signal of its own. */
public final class Await {

    private static final long SECONDS = 30;

    private Await() {}

    /** Waits for an element and takes it. */
    static <T> T next(String what, Queue<T> queue) {
        until(what, () -> !queue.isEmpty());
        return queue.remove();
    }

    public static void until(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("not within " + SECONDS + " s: " + what);
            }
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
        }
    }
}
