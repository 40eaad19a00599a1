package io.qwenasr.samples.cli;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.reactor.LiveBuffer;
import io.qwenasr.reactor.Pacing;
import io.qwenasr.reactor.Transcriber;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** {@code mic}: live captions of what is said into a microphone. */
@Command(
        name = "mic",
        description = {
            "Shows live captions of what is said into the microphone.",
            "",
            "Without --endpoint, the hosted service (Beijing) is used if there is an API key, else a server in this"
                    + " process with a local recogniser (Vosk and Silero VAD, US English).",
            ""
        },
        footer = {
            "",
            "On a terminal, confirmed text is firm and tentative text dim, unless NO_COLOR is set; what is final scrolls"
                    + " up. Elsewhere than on a terminal each final is a line.",
            "",
            "Ctrl-C, or SIGTERM, stops listening, waits up to 10 s for the last results and shows them; then the exit"
                    + " code is 0, or 44 if some of what was said was lost or could not be transcribed. A second one"
                    + " ends at once, with 130 or 143.",
            "",
            "While the network is slow or away, up to 10 s of what is said wait; of more the oldest are lost, and the"
                    + " captions say so. A session that is lost is resumed.",
            "",
            "The API key is taken from the environment variable DASHSCOPE_API_KEY, or from --api-key-file, never from"
                    + " an argument.",
            "",
            "Examples:",
            "  qwen-asr mic --language en",
            "  qwen-asr mic > notes.txt",
            "  qwen-asr mic --input talk.wav",
            "  arecord -q -f S16_LE -r 16000 -c 1 | qwen-asr mic --input -",
            ""
        })
final class MicCommand implements Callable<Integer> {

    private static final String STANDARD_INPUT = "-";

    /** What may wait while there is no session to take it. */
    private static final Duration WAITING = Duration.ofSeconds(10);

    /** A pipe fills while the recogniser is loaded; as much is taken at once. */
    private static final Duration PIPE_LEAD = Duration.ofSeconds(5);

    private final Shell shell;
    private final Microphones microphones;

    @Spec
    private @Nullable CommandSpec spec;

    @Option(
            names = "--device",
            paramLabel = "NAME",
            description = "The microphone: its name in --list-devices, or a part of it that no other one has. Default:"
                    + " the system's.")
    private @Nullable String device;

    @Option(names = "--list-devices", description = "Print the names of the microphones, one a line, and end.")
    private boolean listDevices;

    @Option(
            names = "--input",
            paramLabel = "FILE|-",
            description = "Caption a file (WAV, AIFF, AU; raw 16-bit little-endian mono PCM if it is called .pcm or"
                    + " .raw), or standard input (either kind), as if it were spoken now.")
    private @Nullable String input;

    @Option(
            names = "--rate",
            paramLabel = "HZ",
            description =
                    "With --input: it is raw audio of this sample rate, 8000 to 192000. Default: 16000 where there"
                            + " is no header.")
    private @Nullable Integer rate;

    @Option(
            names = "--speed",
            paramLabel = "N|max",
            converter = Speed.Converter.class,
            description =
                    "With --input: how many times as fast as spoken it is taken, 0.01 to 1000, or max. Default: 1.")
    private @Nullable Speed speed;

    @Mixin
    private EndpointOptions endpoint = new EndpointOptions();

    @Option(names = "--model", paramLabel = "NAME", description = "The model to ask for. Default: the client's.")
    private @Nullable String model;

    @Option(
            names = "--language",
            paramLabel = "CODE",
            description = "The language spoken, such as en or zh. Default: the service finds out.")
    private @Nullable String language;

    @Mixin
    private ResumeOptions resume = new ResumeOptions();

    MicCommand(Shell shell, Microphones microphones) {
        this.shell = shell;
        this.microphones = microphones;
    }

    @Override
    public Integer call() {
        endpoint.check();
        resume.check();
        SessionOptions options = options();
        if (listDevices) {
            microphones().forEach(name -> shell.out().line(Text.oneLine(name)));
            return ExitCode.OK.code();
        }
        AudioInput audio = input == null ? microphone() : input(input);
        EndpointChoice choice = endpoint.choose(shell);
        if (input != null) {
            audio.check();
        }
        Scheduler drawing = Schedulers.newSingle("captions", true);
        try (Connection connection = endpoint.open(shell, choice)) {
            return new Listening(connection, audio, options, drawing).run().code();
        } finally {
            drawing.dispose();
        }
    }

    private SessionOptions options() {
        try {
            return SessionOptions.builder()
                    .format(AudioInput.FORMAT)
                    .model(model)
                    .language(language)
                    .build();
        } catch (IllegalArgumentException e) {
            throw usage(String.valueOf(e.getMessage()), e);
        }
    }

    private List<String> microphones() {
        List<String> names = microphones.names();
        if (names.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.NO_MICROPHONE,
                    "there is no microphone, or none that may be used; to caption other audio, name it: --input FILE"
                            + " or --input -");
        }
        return names;
    }

    private AudioInput microphone() {
        if (rate != null || speed != null) {
            throw usage((rate != null ? "--rate" : "--speed") + " is for --input; a microphone has its own", null);
        }
        List<String> names = microphones();
        String chosen = device == null ? null : choose(device, names);
        return new AudioInput(
                chosen == null ? "the default microphone" : "the microphone '" + chosen + "'",
                microphones.open(chosen),
                false);
    }

    private static String choose(String wanted, List<String> names) {
        if (names.contains(wanted)) {
            return wanted;
        }
        String part = wanted.toLowerCase(Locale.ROOT);
        List<String> found = names.stream()
                .filter(name -> name.toLowerCase(Locale.ROOT).contains(part))
                .toList();
        if (found.size() == 1) {
            return found.get(0);
        }
        throw new CommandFailure(
                ExitCode.NO_MICROPHONE,
                (found.isEmpty() ? "no microphone is called '" : "several microphones are called '") + wanted
                        + "'; there are: " + String.join(", ", found.isEmpty() ? names : found));
    }

    private AudioInput input(String source) {
        if (device != null) {
            throw usage("--device is for a microphone; it excludes --input", null);
        }
        try {
            AudioInput read = source.equals(STANDARD_INPUT)
                    ? MicInput.standardInput(shell.in(), rate)
                    : MicInput.file(Path.of(source), rate);
            Pacing pacing = (speed == null ? Speed.SPOKEN : speed).pacing();
            boolean pipe = source.equals(STANDARD_INPUT) && speed == null;
            Flux<ByteBuffer> paced =
                    (pipe ? pacing.withLead(PIPE_LEAD) : pacing).apply(read.audio(), AudioInput.FORMAT);
            return new AudioInput(read.name(), paced, read.rereadable());
        } catch (IllegalArgumentException e) {
            throw usage(
                    "--input '" + source + "'" + (rate == null ? "" : " --rate " + rate) + ": " + e.getMessage(), e);
        }
    }

    private ParameterException usage(String message, @Nullable Throwable cause) {
        return new ParameterException(Objects.requireNonNull(spec).commandLine(), message, cause);
    }

    /** One session, until the audio or the user ends it. */
    private final class Listening {
        private final Connection connection;
        private final AudioInput audio;
        private final SessionOptions options;
        private final Scheduler drawing;
        private final Loudness loudness = new Loudness(AudioInput.FORMAT);
        private final AtomicBoolean late = new AtomicBoolean();
        private boolean announced;

        Listening(Connection connection, AudioInput audio, SessionOptions options, Scheduler drawing) {
            this.connection = connection;
            this.audio = audio;
            this.options = options;
            this.drawing = drawing;
        }

        ExitCode run() {
            Transcriber transcriber = resume.around(connection.client());
            @Nullable ExitCode interrupted;
            Verdict verdict;
            try (LiveOutput output = LiveOutput.of(shell, this::status, drawing)) {
                SessionRun run = new SessionRun(shell.interrupts(), SessionRun.PATIENCE, message -> {
                    late.set(true);
                    output.say(message);
                });
                verdict = new Verdict(output::say);
                ResumeNotice resumed = new ResumeNotice(output::say);
                Flux<ByteBuffer> heard = run.untilInterrupted(audio.audio()).doOnNext(loudness::hear);
                interrupted = run.handle(transcriber.transcribe(signals(heard), options), event -> {
                    announce(event, output);
                    resumed.accept(event);
                    output.accept(event);
                    verdict.accept(event);
                });
            }
            if (late.get()) {
                return ExitCode.SERVICE_SILENT;
            }
            if (interrupted != null) {
                return verdict.isPartial() ? ExitCode.PARTLY_FAILED : ExitCode.OK;
            }
            if (loudness.length().isZero()) {
                throw new CommandFailure(ExitCode.AUDIO_EMPTY, audio.name() + " holds no audio");
            }
            return verdict.of(audio.name() + ", " + Text.seconds(loudness.length()) + " of audio");
        }

        /** Files and pipes wait; what is said does not. */
        private Flux<AudioSignal> signals(Flux<ByteBuffer> heard) {
            return input == null
                    ? LiveBuffer.dropOldest(WAITING, AudioInput.FORMAT).apply(heard)
                    : heard.map(AudioSignal::chunk);
        }

        private void announce(TranscriptionEvent event, LiveOutput output) {
            if (event instanceof SessionReady ready && !announced) {
                announced = true;
                output.say("listening to " + audio.name() + ", " + connection.description(ready.model()));
            }
        }

        private String status() {
            String length = Text.position(loudness.length());
            return shell.interrupts().received() != null ? length + " finishing …" : length + " " + loudness.bar();
        }
    }
}
