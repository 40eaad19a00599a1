package io.qwenasr.samples.benchmarks.sink;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class LatenciesTest {

    @Test
    void tellsPercentilesWithinABucket() {
        Latencies latencies = new Latencies();
        for (int millis = 1; millis <= 1_000; millis++) {
            latencies.record(millis * 1_000_000L);
        }
        assertThat(latencies.count()).isEqualTo(1_000);
        assertThat(latencies.percentile(0.5) / 1e6).isCloseTo(500, within(8.0)).isGreaterThanOrEqualTo(500);
        assertThat(latencies.percentile(0.99) / 1e6)
                .isCloseTo(990, within(16.0))
                .isGreaterThanOrEqualTo(990);
        assertThat(latencies.percentile(1)).isEqualTo(latencies.max()).isEqualTo(1_000_000_000L);
    }

    @Test
    void isExactForSmallOnesAndKeepsTheLargest() {
        Latencies latencies = new Latencies();
        latencies.record(-5);
        latencies.record(7);
        latencies.record(Long.MAX_VALUE);
        assertThat(latencies.percentile(0.33)).isZero();
        assertThat(latencies.percentile(0.66)).isEqualTo(7);
        assertThat(latencies.percentile(1)).isEqualTo(Long.MAX_VALUE);
    }

    @Test
    void isZeroWithoutAny() {
        assertThat(new Latencies().percentile(0.99)).isZero();
    }
}
