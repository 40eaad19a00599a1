package io.qwenasr.samples.cli;

import io.qwenasr.SessionOptions;
import io.qwenasr.reactor.Transcriber;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code transcribe}: a file, or standard input, through a session. */
@Command(
        name = "transcribe",
        description = {
            "Transcribes audio files, or raw audio on standard input.",
            "",
            "Results of one input go to standard output, everything else to standard error. Without --endpoint, the hosted service"
                    + " (Beijing) is used if there is an API key, else a server in this process with a local recogniser"
                    + " (Vosk and Silero VAD, US English); standard error says which.",
            ""
        },
        footer = {
            "",
            "The API key is taken from the environment variable DASHSCOPE_API_KEY, or from --api-key-file, never from"
                    + " an argument.",
            "",
            "Ctrl-C, or SIGTERM, ends the audio there, waits up to 10 s for the last results and prints them; a second"
                    + " one ends at once.",
            "",
            "When the session is lost, it reconnects up to 10 times in a row, sends again what has no result yet, and"
                    + " says so; if anything was sent again or lost, it ends with what became of the audio. Only the"
                    + " first session is not tried twice. --no-resume switches that off.",
            "",
            "With --output-dir, files are transcribed several at once, and standard error tells of each. An output is"
                    + " written beside its place under a name that ends in .part, and is under its own name only once"
                    + " it is whole. Files whose output is there are done and are left out: after an interrupt, a"
                    + " crash or failures, the same command goes on. Ctrl-C ends without outputs for what runs. What is"
                    + " found below a directory keeps its path. One batch at a time for a directory.",
            "",
            "If audio was lost, or an utterance could not be transcribed, what there is of the file is in an output whose"
                    + " name ends in .incomplete, and the file is not done: the exit code is 45, and the same command"
                    + " does it again, until all of it is there. To accept it as it is, rename it.",
            "",
            "Formats:",
            "  text   one line for each utterance, as soon as it is final.",
            "  srt    subtitles (SubRip): at most 2 lines of 42 columns, 1 to 7 s.",
            "  vtt    the same as WebVTT.",
            "  jsonl  one event a line, a JSON object with \"type\" and, as far as known:",
            "    session_ready   session_id, model",
            "    speech_started  item_id, start_ms",
            "    speech_stopped  item_id, end_ms",
            "    committed       item_id, previous_item_id",
            "    partial         item_id, text (firm), stash (tentative), language, emotion",
            "    final           item_id, transcript, language, emotion, start_ms, end_ms",
            "    failed          item_id, error_type, error_code, error_message, error_param",
            "    audio_dropped   start_ms, end_ms",
            "    cleared         (the service dropped audio that was no utterance yet)",
            "    reconnected     session_id, replayed_ms, lost_ms, attempt, error_message",
            "    summary         offered_ms, settled_ms, lost_ms",
            "    error           error_type, error_code, error_message, error_param",
            "    unknown         event_type, event (the JSON text received)",
            "  start_ms and end_ms are milliseconds from the beginning of the audio.",
            "",
            "Hosts of the hosted service; the path is /api-ws/v1/realtime, keys are bound to a region:",
            "  Beijing               wss://dashscope.aliyuncs.com",
            "  Beijing, workspace    wss://WORKSPACE.cn-beijing.maas.aliyuncs.com",
            "  Singapore             wss://dashscope-intl.aliyuncs.com",
            "  Singapore, workspace  wss://WORKSPACE.ap-southeast-1.maas.aliyuncs.com",
            "",
            "Examples:",
            "  qwen-asr transcribe talk.wav --speed max",
            "  DASHSCOPE_API_KEY=$(cat key.txt) qwen-asr transcribe talk.wav --language en",
            "  qwen-asr transcribe talk.wav --format jsonl \\",
            "      --endpoint ws://127.0.0.1:8080/api-ws/v1/realtime",
            "  qwen-asr transcribe talks more/talk.wav --output-dir subtitles \\",
            "      --format srt --jobs 4",
            "  arecord -q -f S16_LE -r 16000 -c 1 -t raw | qwen-asr transcribe -",
            ""
        })
final class TranscribeCommand implements Callable<Integer> {

    static final String STANDARD_INPUT = "-";
    private static final int DEFAULT_RATE = 16_000;

    private final Shell shell;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            arity = "1..*",
            paramLabel = "FILE|-",
            description = "A WAV file (also AIFF, AU): 8 to 192 kHz, PCM, float, mu-law or A-law, any channels. - for"
                    + " raw 16-bit little-endian mono PCM on standard input. With --output-dir, any number of files,"
                    + " and of directories: the audio files in them.")
    private List<String> sources = List.of();

    @Mixin
    private EndpointOptions endpoint = new EndpointOptions();

    @Mixin
    private RecognitionOptions recognition = new RecognitionOptions();

    @Option(
            names = "--speed",
            paramLabel = "N|max",
            converter = Speed.Converter.class,
            description = "How many times as fast as spoken the audio is sent, 0.01 to 1000, or max for as fast as it"
                    + " is taken. Default: 1, real time; max for --output-dir with the local recogniser.")
    private @Nullable Speed speed;

    @Option(
            names = "--format",
            paramLabel = "text|jsonl|srt|vtt",
            defaultValue = "text",
            description = "How results are written, see below. Default: ${DEFAULT-VALUE}.")
    private Format format = Format.text;

    @Option(
            names = "--rate",
            paramLabel = "HZ",
            description = "Sample rate of raw audio on standard input, 8000 to 192000. Default: 16000.")
    private @Nullable Integer rate;

    @Mixin
    private ResumeOptions resume = new ResumeOptions();

    @Mixin
    private BatchOptions batch = new BatchOptions();

    @Mixin
    private ReportOptions report = new ReportOptions();

    TranscribeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        endpoint.check();
        resume.check();
        SessionOptions options = recognition.read();
        batch.check(sources);
        return report.with(shell, () -> batch.isBatch() ? several(options) : one(options))
                .code();
    }

    private ExitCode one(SessionOptions options) {
        AudioInput input = input(sources.get(0));
        EndpointChoice choice = endpoint.choose(shell);
        input.check();
        try (Connection connection = endpoint.open(shell, choice)) {
            return new StandardOutputRun(shell, connection, format)
                    .transcribe(input, transcription(connection, options));
        }
    }

    private ExitCode several(SessionOptions options) {
        refuseRate();
        BatchPlan plan = batch.plan(sources.stream().map(this::path).toList(), format);
        report.spare(plan.inputs(), plan.outputs());
        EndpointChoice choice = endpoint.choose(shell);
        boolean verbose =
                Objects.requireNonNull(spec).root().userObject() instanceof QwenAsr all && all.verbosity() > 0;
        return new Batch(shell, format, batch, verbose)
                .run(plan, () -> endpoint.open(shell, choice), connection -> transcription(connection, options));
    }

    private Transcription transcription(Connection connection, SessionOptions options) {
        Transcriber transcriber = resume.around(connection.client());
        Speed pace = speed(connection);
        return new Transcription(transcriber, options, pace.pacing(), report.watches(connection, options, pace));
    }

    private Speed speed(Connection connection) {
        if (speed != null) {
            return speed;
        }
        return batch.isBatch() && !connection.remote() ? Speed.MAX : Speed.SPOKEN;
    }

    private AudioInput input(String source) {
        if (source.equals(STANDARD_INPUT)) {
            try {
                return AudioInput.standardInput(shell.in(), rate == null ? DEFAULT_RATE : rate);
            } catch (IllegalArgumentException e) {
                throw usage("--rate: " + e.getMessage());
            }
        }
        refuseRate();
        Path file = path(source);
        if (Files.isDirectory(file)) {
            throw new CommandFailure(
                    ExitCode.FILE_UNREADABLE, file + " is a directory; for the files in it, name an --output-dir");
        }
        report.spare(List.of(file), List.of());
        return AudioInput.file(file);
    }

    private void refuseRate() {
        if (rate != null) {
            throw usage("--rate is for raw audio on standard input; a file tells its own rate");
        }
    }

    private Path path(String source) {
        try {
            return Path.of(source);
        } catch (IllegalArgumentException e) {
            throw usage("'" + source + "' is not a file name here: " + e.getMessage()
                    + "; other than ASCII needs a UTF-8 locale, such as LC_ALL=C.UTF-8");
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }
}
