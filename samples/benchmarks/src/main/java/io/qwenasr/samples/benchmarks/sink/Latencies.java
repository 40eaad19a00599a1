package io.qwenasr.samples.benchmarks.sink;

/** Durations in buckets of 1.6% width. Used by one thread. */
public final class Latencies {

    private static final int SUB_BITS = 6;
    private static final int SUB_BUCKETS = 1 << SUB_BITS;

    private final long[] counts = new long[(Long.SIZE - SUB_BITS) * SUB_BUCKETS];
    private long total;
    private long max;

    /** Takes one; what is below zero counts as zero. */
    public void record(long nanos) {
        long value = Math.max(0, nanos);
        counts[bucket(value)]++;
        total++;
        max = Math.max(max, value);
    }

    public long count() {
        return total;
    }

    public long max() {
        return max;
    }

    /** Returns the value that this share of all do not exceed, at most 1.6% too large; 0 if there is none. */
    public long percentile(double share) {
        long rank = (long) Math.ceil(share * total);
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank && seen > 0) {
                return Math.min(max, upperEdge(i));
            }
        }
        return max;
    }

    private static int bucket(long value) {
        if (value < SUB_BUCKETS) {
            return (int) value;
        }
        int shift = Long.SIZE - SUB_BITS - 1 - Long.numberOfLeadingZeros(value);
        return (shift + 1) * SUB_BUCKETS + (int) (value >>> shift) - SUB_BUCKETS;
    }

    private static long upperEdge(int bucket) {
        if (bucket < SUB_BUCKETS) {
            return bucket;
        }
        int shift = bucket / SUB_BUCKETS - 1;
        return ((long) (bucket % SUB_BUCKETS + SUB_BUCKETS + 1) << shift) - 1;
    }
}
