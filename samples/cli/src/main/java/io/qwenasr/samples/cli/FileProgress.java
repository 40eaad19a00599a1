package io.qwenasr.samples.cli;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** How far a file is. Safe for use by several threads. */
final class FileProgress {

    private static final long NOT_BEGUN = Long.MIN_VALUE;

    private final String name;
    private final LongSupplier nanoTime;
    private final AtomicLong begun = new AtomicLong(NOT_BEGUN);
    private final AtomicLong bytes = new AtomicLong();
    private volatile @Nullable Duration length;
    private volatile boolean sent;

    FileProgress(String name, LongSupplier nanoTime) {
        this.name = name;
        this.nanoTime = nanoTime;
    }

    String name() {
        return name;
    }

    /** The name without its directories. */
    String shortName() {
        return name.substring(Math.max(name.lastIndexOf('/'), name.lastIndexOf('\\')) + 1);
    }

    void length(@Nullable Duration known) {
        length = known;
    }

    /** Audio of that size leaves now. */
    void sends(int audioBytes) {
        begun.compareAndSet(NOT_BEGUN, nanoTime.getAsLong());
        bytes.addAndGet(audioBytes);
    }

    /** All has left; the last results are still to come. */
    void allSent() {
        sent = true;
    }

    boolean isAllSent() {
        return sent;
    }

    Duration position() {
        return AudioInput.FORMAT.durationOf(bytes.get());
    }

    /** 0 to 1, or null if the length is not known. */
    @Nullable Double fraction() {
        Duration whole = length;
        return whole == null ? null : Math.min(1, ratio(position(), whole));
    }

    /** How many times as fast as spoken, or null if too little has been sent to tell. */
    @Nullable Double speed() {
        long since = begun.get();
        Duration passed = Duration.ofNanos(since == NOT_BEGUN ? 0 : nanoTime.getAsLong() - since);
        return passed.isZero() ? null : ratio(position(), passed);
    }

    /** How long until all has been sent, or null if that cannot be told. */
    @Nullable Duration left() {
        Duration whole = length;
        Double speed = speed();
        if (whole == null || speed == null || speed == 0) {
            return null;
        }
        double nanos = Math.max(0, whole.minus(position()).toNanos()) / speed;
        return Duration.ofNanos((long) nanos);
    }

    private static double ratio(Duration part, Duration whole) {
        return part.toNanos() / (double) whole.toNanos();
    }
}
