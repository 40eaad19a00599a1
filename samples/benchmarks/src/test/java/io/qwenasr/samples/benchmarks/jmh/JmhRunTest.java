package io.qwenasr.samples.benchmarks.jmh;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.samples.benchmarks.load.Sample;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JmhRunTest {

    /** A JDK without a java. */
    @Test
    void whatFailsIsMissingAndTheOthersGoOn(@TempDir Path broken) throws Exception {
        Files.writeString(broken.resolve("release"), "JAVA_VERSION=\"21.0.1\"\n");
        List<Sample> samples = new ArrayList<>();
        PrintStream quiet = new PrintStream(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);

        List<String> missing = JmhRun.run(List.of(broken), true, List.of("ChainBenchmark.decode"), quiet, samples::add);

        assertThat(missing).containsExactly("JDK 21, ChainBenchmark.decode", "JDK 21, ChainBenchmark.decodePaceCommit");
        assertThat(samples).hasSize(2).allSatisfy(sample -> {
            assertThat(sample.figures().values()).isEmpty();
            assertThat(sample.figures().note()).startsWith("missing");
            assertThat(Sample.parse(sample.line())).isEqualTo(sample);
        });
    }
}
