package io.qwenasr.samples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.samples.benchmarks.jmh.JmhRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The published page is what the committed samples come to, and nothing is left out of them. */
class CommittedResultsTest {

    private static final Path MODULE = Path.of("").toAbsolutePath();

    @ParameterizedTest
    @ValueSource(strings = {"RESULTS.md", "chart.svg"})
    void pageAndChartAreMadeOfTheSamples(String file, @TempDir Path folder) throws IOException {
        for (String input : List.of("samples.tsv", "environment.tsv")) {
            Files.copy(MODULE.resolve(input), folder.resolve(input));
        }
        new Output(folder).report();
        assertThat(folder.resolve(file)).hasSameTextualContentAs(MODULE.resolve(file));
    }

    @Test
    void theBenchmarksAreFound() {
        assertThat(JmhRun.names(List.of()).stream().map(JmhRun::label))
                .contains("ReceiveBenchmark.qwenAsr", "AudioBenchmark.convert48kStereo", "ChainBenchmark.bare");
    }
}
