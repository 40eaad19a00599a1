package io.qwenasr.reactor.resume;

import org.jspecify.annotations.Nullable;

/** The audio up to a commit. Its fields are set by one thread and read by others. */
final class ManualUtterance {

    private final long start;
    private volatile long end = Long.MAX_VALUE;
    private volatile boolean done;
    private volatile @Nullable String id;

    ManualUtterance(long start) {
        this.start = start;
    }

    long start() {
        return start;
    }

    /** Where its commit is; the greatest value while there is none. */
    long end() {
        return end;
    }

    void committedAt(long position) {
        end = position;
    }

    boolean isCommitted() {
        return end != Long.MAX_VALUE;
    }

    /** Tells whether it lies there, as far as its middle tells. */
    boolean isWithin(long from, long to) {
        long middle = start + (end - start) / 2;
        return from <= middle && middle < to;
    }

    boolean isDone() {
        return done;
    }

    void done() {
        done = true;
    }

    /** The id it was announced with first. */
    @Nullable String id() {
        return id;
    }

    void announcedAs(@Nullable String itemId) {
        id = itemId;
    }
}
