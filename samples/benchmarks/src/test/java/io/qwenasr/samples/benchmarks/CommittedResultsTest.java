package io.qwenasr.samples.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.samples.benchmarks.jmh.JmhRun;
import io.qwenasr.samples.benchmarks.load.Sample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The published page is what the committed samples come to, and nothing is left out of them. */
class CommittedResultsTest {

    private static final Path MODULE = Path.of("").toAbsolutePath();

    private static List<Sample> samples() throws IOException {
        try (Stream<String> lines = Files.lines(MODULE.resolve("samples.tsv"))) {
            return lines.map(Sample::parse).toList();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RESULTS.md", "chart.svg"})
    void pageAndChartAreMadeOfTheSamples(String file, @TempDir Path folder) throws IOException {
        for (String input : List.of("samples.tsv", "environment.tsv")) {
            Files.copy(MODULE.resolve(input), folder.resolve(input));
        }
        new Output(folder).report();
        assertThat(folder.resolve(file)).hasSameTextualContentAs(MODULE.resolve(file));
    }

    @ParameterizedTest
    @ValueSource(strings = {"17", "25"})
    void everyBenchmarkHasFigures(String jdk) throws IOException {
        assertThat(samples())
                .filteredOn(sample -> sample.scenario().equals(JmhRun.SCENARIO)
                        && sample.jdk().equals(jdk)
                        && sample.figures().values().containsKey("micros"))
                .extracting(Sample::peer)
                .containsAll(JmhRun.names(List.of()).stream().map(JmhRun::label).toList());
    }

    @Test
    void theBenchmarksAreFound() {
        assertThat(JmhRun.names(List.of()).stream().map(JmhRun::label))
                .contains("ReceiveBenchmark.qwenAsr", "AudioBenchmark.convert48kStereo", "ChainBenchmark.bare");
    }
}
