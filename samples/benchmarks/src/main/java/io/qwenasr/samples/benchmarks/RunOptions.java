package io.qwenasr.samples.benchmarks;

import io.qwenasr.samples.benchmarks.load.Plan;
import io.qwenasr.samples.benchmarks.report.Machine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** What the commands that measure have in common. */
final class RunOptions {

    @Option(names = "--quick", description = "A few minutes instead of half an hour: for a look, not for results.")
    private boolean quick;

    @Option(
            names = "--java-home",
            paramLabel = "FOLDER",
            description = "A JDK for the clients, instead of the one that runs this; may be given several times.")
    private List<Path> javaHomes = new ArrayList<>();

    @Option(
            names = "--output",
            paramLabel = "FOLDER",
            defaultValue = "benchmark-results",
            description = "Where RESULTS.md, chart.svg and the samples go; ${DEFAULT-VALUE} by default.")
    private Path folder = Path.of("");

    boolean quick() {
        return quick;
    }

    Plan plan() {
        return quick ? Plan.QUICK : Plan.FULL;
    }

    List<Path> javaHomes() {
        return javaHomes.isEmpty() ? List.of(Path.of(System.getProperty("java.home"))) : javaHomes;
    }

    Output begin() throws IOException {
        Output output = new Output(folder);
        output.begin(Machine.describe(javaHomes(), quick));
        return output;
    }

    void finish(Output output) throws IOException {
        output.report();
        System.err.println("written to " + folder.resolve("RESULTS.md"));
    }
}
