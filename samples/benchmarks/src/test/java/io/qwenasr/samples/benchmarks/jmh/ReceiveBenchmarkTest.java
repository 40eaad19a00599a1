package io.qwenasr.samples.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.samples.benchmarks.peer.Audio;
import org.junit.jupiter.api.Test;

class ReceiveBenchmarkTest {

    @Test
    void everyWayHearsTheWholeAudioAgainAndAgain() throws Exception {
        ReceiveBenchmark benchmark = new ReceiveBenchmark();
        for (int i = 0; i < 300; i++) {
            assertThat(benchmark.qwenAsrSession()).isEqualTo(Audio.APPEND_BYTES);
            assertThat(benchmark.qwenAsr()).isEqualTo(Audio.APPEND_BYTES);
            assertThat(benchmark.jacksonFromBytes()).isEqualTo(Audio.APPEND_BYTES);
            assertThat(benchmark.jacksonFromText()).isEqualTo(Audio.APPEND_BYTES);
            assertThat(benchmark.floorFrameOnly()).isGreaterThan(Audio.APPEND_BYTES);
        }
        benchmark.close();
    }
}
