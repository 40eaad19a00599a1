package io.qwenasr.samples.benchmarks;

import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Entry point. */
@Command(
        name = "benchmarks",
        mixinStandardHelpOptions = true,
        description = "Measures this library side by side with others. See README.md beside its sources.",
        subcommands = {
            AllCommand.class,
            LoadCommand.class,
            JmhCommand.class,
            ReportCommand.class,
            WorkerCommand.class,
            ServerCommand.class
        })
public final class Main {

    private Main() {}

    /** Runs a command. */
    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }
}
