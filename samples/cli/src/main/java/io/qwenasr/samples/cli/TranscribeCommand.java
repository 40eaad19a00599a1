package io.qwenasr.samples.cli;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.reactor.CommitBoundaries;
import io.qwenasr.reactor.QwenAsrClient;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Flux;

/** {@code transcribe}: a file, or standard input, through a session. */
@Command(
        name = "transcribe",
        description = {
            "Transcribes an audio file, or raw audio on standard input.",
            "",
            "Results go to standard output, everything else to standard error. Without --endpoint, the hosted service"
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
            "Formats:",
            "  text   one line for each utterance, as soon as it is final.",
            "  jsonl  one event a line, a JSON object with \"type\" and, as far as known:",
            "    session_ready   session_id, model",
            "    speech_started  item_id, start_ms",
            "    speech_stopped  item_id, end_ms",
            "    committed       item_id, previous_item_id",
            "    partial         item_id, text (firm), stash (tentative), language, emotion",
            "    final           item_id, transcript, language, emotion, start_ms, end_ms",
            "    failed          item_id, error_type, error_code, error_message, error_param",
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
            "  arecord -q -f S16_LE -r 16000 -c 1 -t raw | qwen-asr transcribe -",
            ""
        })
final class TranscribeCommand implements Callable<Integer> {

    private static final String STANDARD_INPUT = "-";
    private static final int DEFAULT_RATE = 16_000;

    private final Shell shell;

    @Spec
    private @Nullable CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "FILE|-",
            description = "A WAV file (also AIFF, AU): 8 to 192 kHz, PCM, float, mu-law or A-law, any channels. - for"
                    + " raw 16-bit little-endian mono PCM on standard input.")
    private String source = STANDARD_INPUT;

    @Option(
            names = "--endpoint",
            paramLabel = "URI",
            description = "The ws:// or wss:// address of a server that speaks the protocol.")
    private @Nullable String endpoint;

    @Option(names = "--api-key-file", paramLabel = "FILE", description = "A file whose first line is the API key.")
    private @Nullable Path apiKeyFile;

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "The model to ask for. Default: " + QwenAsrClient.DEFAULT_MODEL + ".")
    private @Nullable String model;

    @Option(
            names = "--language",
            paramLabel = "CODE",
            description = "The language spoken, such as en or zh. Default: the service finds out.")
    private @Nullable String language;

    @Option(
            names = "--manual",
            description = "Make the whole audio one utterance instead of having the server cut it at pauses. An"
                    + " utterance may have 60 s at most; longer audio is cut there.")
    private boolean manual;

    @Option(
            names = "--speed",
            paramLabel = "N|max",
            converter = Speed.Converter.class,
            defaultValue = Speed.REAL_TIME,
            description = "How many times as fast as spoken the audio is sent, 0.01 to 1000, or max for as fast as it"
                    + " is taken. Default: ${DEFAULT-VALUE}, real time.")
    private @Nullable Speed speed;

    @Option(
            names = "--format",
            paramLabel = "text|jsonl",
            defaultValue = "text",
            description = "How results are printed, see below. Default: ${DEFAULT-VALUE}.")
    private Results.Format format = Results.Format.text;

    @Option(
            names = "--rate",
            paramLabel = "HZ",
            description = "Sample rate of raw audio on standard input, 8000 to 192000. Default: 16000.")
    private @Nullable Integer rate;

    @Option(
            names = "--model-folder",
            paramLabel = "FOLDER",
            description = "Use the local recogniser, even if there is a key, with the Vosk model in this folder.")
    private @Nullable Path modelFolder;

    TranscribeCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        if (modelFolder != null && (endpoint != null || apiKeyFile != null)) {
            throw usage("--model-folder is for the local recogniser; it excludes --endpoint and --api-key-file");
        }
        SessionOptions options = options();
        AudioInput input = input();
        EndpointChoice choice =
                EndpointChoice.of(endpoint, ApiKey.find(apiKeyFile, shell.environment()), modelFolder != null);
        input.check();
        try (Connection connection = Connection.open(shell, choice, modelFolder)) {
            return transcribe(connection, input, options).code();
        }
    }

    private SessionOptions options() {
        SessionOptions.Builder options = SessionOptions.builder().format(AudioInput.FORMAT);
        try {
            if (manual) {
                options.manual();
            }
            return options.model(model).language(language).build();
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()));
        }
    }

    private AudioInput input() {
        if (source.equals(STANDARD_INPUT)) {
            try {
                return AudioInput.standardInput(shell.in(), rate == null ? DEFAULT_RATE : rate);
            } catch (IllegalArgumentException e) {
                throw usage("--rate: " + e.getMessage());
            }
        }
        if (rate != null) {
            throw usage("--rate is for raw audio on standard input; a file tells its own rate");
        }
        try {
            return AudioInput.file(Path.of(source));
        } catch (IllegalArgumentException e) {
            throw usage("'" + source + "' is not a file name here: " + e.getMessage());
        }
    }

    private ExitCode transcribe(Connection connection, AudioInput input, SessionOptions options) {
        SessionRun run = new SessionRun(shell, SessionRun.PATIENCE);
        AudioClock sent = new AudioClock(AudioInput.FORMAT, System::nanoTime);
        Flux<ByteBuffer> audio = Objects.requireNonNull(speed).pacing().apply(input.audio(), AudioInput.FORMAT);
        Flux<AudioSignal> signals = signals(sent.watch(run.untilInterrupted(audio)));

        Results results = Results.of(format, shell.out());
        Verdict verdict = new Verdict(shell);
        ExitCode interrupted;
        try {
            interrupted = run.handle(connection.client().transcribe(signals, options), event -> {
                announce(event, connection);
                results.accept(event);
                verdict.accept(event);
            });
        } finally {
            results.end();
        }
        if (interrupted != null) {
            return interrupted;
        }
        if (sent.length().isZero()) {
            throw new CommandFailure(ExitCode.AUDIO_EMPTY, input.name() + " holds no audio");
        }
        return verdict.of(input.name() + ", " + Text.seconds(sent.length()) + " of audio");
    }

    private Flux<AudioSignal> signals(Flux<ByteBuffer> audio) {
        return manual
                ? audio.transform(CommitBoundaries.atEnd(AudioInput.FORMAT)).doOnNext(new CutNotice(this::sayCut))
                : audio.map(AudioSignal::chunk);
    }

    private void sayCut(Duration position) {
        shell.say("an utterance may have " + CommitBoundaries.MAX_UTTERANCE.toSeconds() + " s at most: cut at "
                + Text.position(position));
    }

    private void announce(TranscriptionEvent event, Connection connection) {
        if (event instanceof SessionReady ready) {
            shell.say(connection.description(ready.model()));
        }
    }

    private ParameterException usage(String message) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
    }
}
