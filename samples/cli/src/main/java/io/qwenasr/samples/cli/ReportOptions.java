package io.qwenasr.samples.cli;

import io.qwenasr.SessionOptions;
import io.qwenasr.TurnDetection;
import io.qwenasr.samples.cli.report.HtmlReport;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The option for a page about the sessions, which is written however they end. */
final class ReportOptions {

    private final HtmlReport report = new HtmlReport(
            InstantSource.system(),
            System::nanoTime,
            error -> ErrorReport.of(error).message());

    @Option(
            names = "--report",
            paramLabel = "FILE.html",
            description = "Also write a page about this run, complete in one file that loads nothing: the transcript on"
                    + " the waveform, how each utterance came about, latencies, and what was lost. It is written in"
                    + " the end, also of a session that fails.")
    private @Nullable Path file;

    /** Runs what is reported about, then writes the page. */
    ExitCode with(Shell shell, Supplier<ExitCode> run) {
        if (file == null) {
            return run.get();
        }
        check(file);
        ExitCode code;
        try {
            code = run.get();
        } catch (RuntimeException failure) {
            try {
                if (!report.isEmpty()) {
                    write(file);
                }
            } catch (CommandFailure unwritten) {
                // What failed first is what the command ends with.
                shell.say(String.valueOf(unwritten.getMessage()));
            }
            throw failure;
        }
        if (report.isEmpty()) {
            shell.say("no report is written, since nothing was transcribed");
        } else {
            write(file);
        }
        return code;
    }

    /** Refuses to replace what the run reads or writes. */
    void spare(List<Path> inputs, List<Path> outputs) {
        if (file != null) {
            refuse(file, inputs, " is one of the audio files");
            refuse(file, outputs, " is where results are written");
        }
    }

    private static void refuse(Path file, List<Path> others, String why) {
        for (Path other : others) {
            if (FileIdentity.of(file).equals(FileIdentity.of(other))
                    || FileIdentity.ofName(file).equals(FileIdentity.ofName(other))) {
                throw new CommandFailure(ExitCode.USAGE, file + why + "; give the --report another name");
            }
        }
    }

    /** Before hours of audio are sent for nothing. */
    private static void check(Path file) {
        Path target = file.toAbsolutePath();
        Path folder = target.getParent();
        if (folder == null || !Files.isDirectory(folder)) {
            throw unwritable(file, "its directory does not exist", null);
        }
        if (Files.isDirectory(target)) {
            throw unwritable(file, "it is a directory", null);
        }
        if (!Files.isWritable(folder)) {
            throw unwritable(file, "no permission", null);
        }
    }

    private void write(Path target) {
        try {
            report.writeTo(target);
        } catch (IOException e) {
            throw unwritable(target, ErrorReport.fileReasonOf(new UncheckedIOException(e)), e);
        }
    }

    private static CommandFailure unwritable(Path file, String why, @Nullable Throwable cause) {
        return new CommandFailure(ExitCode.OUTPUT_FAILED, "cannot write the report " + file + ": " + why, cause);
    }

    /** For each input a section, in the order in which they are begun. */
    List<Watch> watches(Connection connection, SessionOptions options, Speed speed) {
        if (file == null) {
            return List.of();
        }
        Map<String, String> facts = facts(connection, options, speed);
        return List.of(
                (input, transcriber) -> report.section(input.name(), facts).watch(transcriber));
    }

    private static Map<String, String> facts(Connection connection, SessionOptions options, Speed speed) {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("Service", service(connection));
        if (!connection.remote()) {
            facts.put("Model", "Vosk, whatever is asked for");
        }
        facts.put("Audio sent", speed.words());
        facts.put("Language", Objects.requireNonNullElse(options.language(), "found out by the service"));
        facts.put("Utterances end", ends(options.turnDetection()));
        return facts;
    }

    /** Without why it is that one. */
    private static String service(Connection connection) {
        return connection.place().replaceFirst("^using ", "").replaceFirst(", since .*$", "");
    }

    private static String ends(TurnDetection detection) {
        if (detection instanceof TurnDetection.ServerVad vad) {
            return "after silence of "
                    + (vad.silence() == null
                            ? "the service's choice"
                            : vad.silence().toMillis() + " ms");
        }
        return "with the audio (manual)";
    }
}
