package io.qwenasr.reactor.observation;

import java.util.Arrays;

/**
 * When the source had handed over the audio up to which position: pairs that grow in both, the latest of them. All in
 * nanoseconds. Used by one thread at a time.
 */
final class HandoverTimes {

    static final int MOST = 4_096;

    /** Sources without a pace bring pieces faster than anyone asks about. */
    private static final long TOGETHER = 2_000_000;

    private long[] positions = new long[64];
    private long[] times = new long[64];
    private int first;
    private int size;
    private boolean forgotten;

    /** The audio up to a position was there at a time, neither less than before. */
    void add(long position, long time) {
        if (size > 0) {
            int last = at(size - 1);
            if (position == positions[last]) {
                return;
            }
            // Joined only behind an entry of the same time, so that what is joined never drifts.
            if (size > 1 && time - times[at(size - 2)] < TOGETHER) {
                positions[last] = position;
                times[last] = time;
                return;
            }
        }
        if (size == positions.length) {
            makeRoom();
        }
        int next = at(size);
        positions[next] = position;
        times[next] = time;
        size++;
    }

    private void makeRoom() {
        if (size == MOST) {
            first = at(1);
            size--;
            forgotten = true;
        } else {
            // It has never wrapped: entries are forgotten only at full length.
            positions = Arrays.copyOf(positions, size * 2);
            times = Arrays.copyOf(times, size * 2);
        }
    }

    /** When the audio that begins at a position was there; {@code Long.MIN_VALUE} if that is not known. */
    long ofStart(long position) {
        return find(position == Long.MAX_VALUE ? position : position + 1);
    }

    /** When the audio that ends at a position was there; {@code Long.MIN_VALUE} if that is not known. */
    long ofEnd(long position) {
        return find(position);
    }

    private long find(long position) {
        if (size == 0 || (forgotten && position <= positions[first])) {
            return Long.MIN_VALUE;
        }
        int low = 0;
        int high = size - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (positions[at(middle)] < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return times[at(low)];
    }

    private int at(int index) {
        return (first + index) & (positions.length - 1);
    }
}
