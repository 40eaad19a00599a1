package io.qwenasr.samples.benchmarks;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** Writes the page and the picture once more. */
@Command(
        name = "report",
        mixinStandardHelpOptions = true,
        description = "Writes RESULTS.md and chart.svg again, from the samples of an earlier run.")
final class ReportCommand implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "FOLDER", description = "The --output of that run.")
    private Path folder = Path.of("");

    @Override
    public Integer call() throws Exception {
        new Output(folder).report();
        return 0;
    }
}
