package io.qwenasr.samples.cli;

import io.qwenasr.samples.cli.BatchPlan.Job;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** A batch from its plan to its summary. */
final class Batch {

    private final Shell shell;
    private final Format format;
    private final BatchOptions options;

    /** Bars would be torn apart by log lines. */
    private final boolean plain;

    Batch(Shell shell, Format format, BatchOptions options, boolean plain) {
        this.shell = shell;
        this.format = format;
        this.options = options;
        this.plain = plain;
    }

    /** Connects only if there is something left to do. */
    ExitCode run(BatchPlan plan, Supplier<Connection> open, Function<Connection, Transcription> transcriptions) {
        List<Job> left = options.overwrites() ? plan.jobs() : plan.unfinished();
        int total = plan.size();
        int before = plan.jobs().size() - left.size();
        if (before > 0) {
            shell.say(before + " of " + total + " done already in " + options.outputDirectory()
                    + "; --overwrite does them again");
        }
        BatchTally tally = new BatchTally(total, before);
        plan.refused().forEach(outcome -> shell.say(tally.add(outcome)));
        if (left.isEmpty()) {
            if (!tally.hasFailures()) {
                return ExitCode.OK;
            }
            tally.summary().forEach(shell::say);
            return ExitCode.FILES_FAILED;
        }
        plan.prepare();
        try (Connection connection = open.get()) {
            return transcribe(left, connection, transcriptions.apply(connection), tally);
        }
    }

    private ExitCode transcribe(List<Job> left, Connection connection, Transcription transcription, BatchTally tally) {
        Scheduler drawing = Schedulers.newSingle("progress", true);
        try (Progress progress = progress(tally, drawing)) {
            ExitCode code = new BatchRun(shell, connection, transcription, format, tally, progress, System::nanoTime)
                    .run(left, options.jobs());
            tally.summary().forEach(progress::say);
            return code;
        } finally {
            drawing.dispose();
        }
    }

    private Progress progress(BatchTally tally, Scheduler drawing) {
        if (plain || !shell.terminal().isError()) {
            return new Progress.Lines(shell::say);
        }
        Output err = new Output(shell.err(), shell.out().charset());
        return new LiveProgress(
                CaptionScreen.drawing(err, shell.terminal(), shell.environment()),
                shell.terminal(),
                tally.counts(),
                drawing);
    }
}
