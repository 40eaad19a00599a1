package io.qwenasr.samples.cli.report;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What several latencies are like.
 *
 * @param count how many there are, at least 1
 * @param median half of them are no longer
 * @param p95 95 of 100 are no longer
 * @param max the longest
 */
record Quantiles(int count, Duration median, Duration p95, Duration max) {

    /** Null without any. */
    static @Nullable Quantiles of(Stream<Duration> latencies) {
        List<Duration> sorted = latencies.sorted().toList();
        return sorted.isEmpty()
                ? null
                : new Quantiles(sorted.size(), rank(sorted, 50), rank(sorted, 95), sorted.get(sorted.size() - 1));
    }

    private static Duration rank(List<Duration> sorted, int percent) {
        return sorted.get((sorted.size() * percent + 99) / 100 - 1);
    }
}
