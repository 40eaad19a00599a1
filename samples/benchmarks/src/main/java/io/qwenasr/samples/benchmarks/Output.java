package io.qwenasr.samples.benchmarks;

import io.qwenasr.samples.benchmarks.load.Sample;
import io.qwenasr.samples.benchmarks.peer.Peers;
import io.qwenasr.samples.benchmarks.report.Markdown;
import io.qwenasr.samples.benchmarks.report.Results;
import io.qwenasr.samples.benchmarks.report.SvgChart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The folder of the results: samples as they come, and what is made of them at the end. */
final class Output {

    private static final String CHART = "chart.svg";
    private static final String TAB = "\t";

    private final Path folder;
    private final Path samples;
    private final Path environment;

    Output(Path folder) {
        this.folder = folder;
        this.samples = folder.resolve("samples.tsv");
        this.environment = folder.resolve("environment.tsv");
    }

    /** Begins anew. */
    void begin(Map<String, String> where) throws IOException {
        Files.createDirectories(folder);
        Files.deleteIfExists(samples);
        Files.write(
                environment,
                where.entrySet().stream()
                        .map(e -> e.getKey() + TAB + e.getValue())
                        .toList());
    }

    void add(Sample sample) {
        try {
            Files.writeString(samples, sample.line() + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Writes the page and the picture from the samples that are there. */
    void report() throws IOException {
        List<Sample> all;
        try (var lines = Files.lines(samples)) {
            all = lines.map(Sample::parse).toList();
        }
        Results results = new Results(all);
        Files.writeString(folder.resolve("RESULTS.md"), Markdown.page(results, where(), peers(results), CHART));
        Files.writeString(folder.resolve(CHART), SvgChart.of(results));
    }

    private Map<String, String> where() throws IOException {
        Map<String, String> where = new LinkedHashMap<>();
        for (String line : Files.readAllLines(environment)) {
            int tab = line.indexOf(TAB);
            where.put(line.substring(0, tab), line.substring(tab + 1));
        }
        return where;
    }

    private static Map<String, String> peers(Results results) {
        List<String> present =
                results.samples().stream().map(Sample::peer).distinct().toList();
        return Arrays.stream(Peers.values())
                .filter(peer -> present.contains(peer.label()))
                .collect(Collectors.toMap(Peers::label, Peers::what, (a, b) -> a, LinkedHashMap::new));
    }
}
