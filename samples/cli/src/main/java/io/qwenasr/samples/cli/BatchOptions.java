package io.qwenasr.samples.cli;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The options of several files. */
final class BatchOptions {

    private static final int DEFAULT_JOBS = 4;
    private static final int MAX_JOBS = 64;

    @Spec(Spec.Target.MIXEE)
    private @Nullable CommandSpec command;

    @Option(
            names = "--output-dir",
            paramLabel = "DIR",
            description = "Write the results of each file to a file in this directory: those of talk.wav to talk.txt,"
                    + " or the extension that the format has. Those that are there already are left alone, see below.")
    private @Nullable Path outputDirectory;

    @Option(
            names = "--jobs",
            paramLabel = "N",
            description = "With --output-dir: how many files are transcribed at once, 1 to " + MAX_JOBS + ". Default: "
                    + DEFAULT_JOBS + ".")
    private @Nullable Integer jobs;

    @Option(names = "--recursive", description = "With --output-dir: look for audio files below directories, too.")
    private boolean recursive;

    @Option(names = "--overwrite", description = "With --output-dir: transcribe again what is done already.")
    private boolean overwrite;

    /** Whether each file has an output of its own. */
    boolean isBatch() {
        return outputDirectory != null;
    }

    /** Refuses what does not go together. */
    void check(List<String> sources) {
        if (outputDirectory == null) {
            if (sources.size() > 1) {
                throw usage("several files need --output-dir, where each gets a file for its results");
            }
            if (jobs != null || recursive || overwrite) {
                throw usage("--jobs, --recursive and --overwrite are for several files and need --output-dir");
            }
        } else if (sources.contains(TranscribeCommand.STANDARD_INPUT)) {
            throw usage("standard input has no name for a file in --output-dir; name files, or leave --output-dir out");
        }
        if (jobs() < 1 || jobs() > MAX_JOBS) {
            throw usage("--jobs must be 1 to " + MAX_JOBS + ", not " + jobs);
        }
    }

    int jobs() {
        return jobs == null ? DEFAULT_JOBS : jobs;
    }

    boolean overwrites() {
        return overwrite;
    }

    Path outputDirectory() {
        return Objects.requireNonNull(outputDirectory);
    }

    BatchPlan plan(List<Path> sources, Format format) {
        return BatchPlan.of(sources, recursive, outputDirectory(), format);
    }

    private ParameterException usage(String message) {
        return new ParameterException(Objects.requireNonNull(command).commandLine(), message);
    }
}
