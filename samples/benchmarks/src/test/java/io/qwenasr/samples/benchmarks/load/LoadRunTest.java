package io.qwenasr.samples.benchmarks.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.samples.benchmarks.peer.Peers;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The processes find each other, take turns and tell what they measured. */
class LoadRunTest {

    @Test
    void letsClientsTakeTurnsOverWss() throws Exception {
        Plan plan = new Plan(200, 100, 2, 200, 1, List.of(1), 1);
        List<Sample> samples = new ArrayList<>();
        PrintStream quiet = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);

        new LoadRun(List.of(Path.of(System.getProperty("java.home"))), quiet, samples::add)
                .run(plan, List.of("full-speed-tls"), List.of(Peers.FLOOR, Peers.QWEN_ASR));

        assertThat(samples)
                .extracting(sample -> sample.round() + " " + sample.peer())
                .containsExactly("1 floor", "1 qwen-asr", "2 qwen-asr", "2 floor");
        assertThat(samples).allSatisfy(sample -> {
            assertThat(sample.figures().note()).isEmpty();
            assertThat(sample.figures().values()).containsEntry("lost", 0.0);
            assertThat(sample.jdk())
                    .isEqualTo(Integer.toString(Runtime.version().feature()));
            assertThat(Sample.parse(sample.line())).isEqualTo(sample);
        });
    }
}
