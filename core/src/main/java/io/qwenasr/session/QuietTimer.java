package io.qwenasr.session;

import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tells that nothing has happened for a time, up to an eighth later.
 *
 * <p>Nothing but a timer costs per session, nothing but a field per happening. Confined to the event loop.
 */
final class QuietTimer {

    private static final int TICKS = 8;

    private final Duration limit;
    private final BooleanSupplier expected;
    private final Runnable onQuiet;
    private @Nullable Future<?> timer;
    private int quietTicks;

    /**
     * @param limit how long nothing may happen
     * @param expected whether something is to happen at all; the time is not counted while it is not
     */
    QuietTimer(Duration limit, BooleanSupplier expected, Runnable onQuiet) {
        this.limit = limit;
        this.expected = expected;
        this.onQuiet = onQuiet;
    }

    void start(EventExecutor executor) {
        long tick = Math.max(1, limit.toNanos() / TICKS);
        timer = executor.scheduleAtFixedRate(this::onTick, tick, tick, TimeUnit.NANOSECONDS);
    }

    /** Something has happened. */
    void reset() {
        quietTicks = 0;
    }

    void stop() {
        if (timer != null) {
            timer.cancel(false);
            timer = null;
        }
    }

    private void onTick() {
        quietTicks = expected.getAsBoolean() ? quietTicks + 1 : 0;
        if (quietTicks > TICKS) {
            stop();
            onQuiet.run();
        }
    }
}
