package io.qwenasr.samples.cli;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.reactor.AudioSources;
import io.qwenasr.samples.localengine.DemoRecording;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import javax.sound.sampled.AudioSystem;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import reactor.core.publisher.Flux;

/** {@code demo}: a bundled recording becomes captions, through a real socket, with no account. */
@Command(
        name = "demo",
        description = {
            "Shows live captions of a bundled recording.",
            "",
            "Starts a server with the local recogniser (Vosk and Silero VAD) on a free loopback port and streams the"
                    + " recording to it in real time through a WebSocket, as a client of the hosted service would. The"
                    + " recording is synthetic speech made for this project; nothing leaves this machine. The first"
                    + " time, 55 MB of models are fetched with npm.",
            ""
        },
        footer = {
            "",
            "On a terminal, confirmed text is firm and tentative text dim. With NO_COLOR set no escape sequence is"
                    + " used; elsewhere than on a terminal each utterance is printed once, when it is final.",
            "",
            "Ctrl-C ends the recording there and shows what was understood; a second one ends at once.",
            "",
            "Examples:",
            "  qwen-asr demo",
            "  qwen-asr demo --speed 2 > captions.txt",
            ""
        })
final class DemoCommand implements Callable<Integer> {

    private final Shell shell;

    @Option(
            names = "--speed",
            paramLabel = "N|max",
            converter = Speed.Converter.class,
            defaultValue = Speed.REAL_TIME,
            description = "How many times as fast as spoken the recording is sent, 0.01 to 1000, or max. Default:"
                    + " ${DEFAULT-VALUE}, real time; the latencies mean little at others.")
    private @Nullable Speed speed;

    @Option(
            names = "--model-folder",
            paramLabel = "FOLDER",
            description = "Use the Vosk model in this folder instead of the small US-English one.")
    private @Nullable Path modelFolder;

    DemoCommand(Shell shell) {
        this.shell = shell;
    }

    @Override
    public Integer call() {
        try (EmbeddedServer server = EmbeddedServer.start(Connection.load(shell, modelFolder))) {
            return show(server).code();
        }
    }

    private ExitCode show(EmbeddedServer server) {
        Page page = new Page(shell.out(), shell.terminal());
        introduce(page, server.uri());

        SessionRun run = new SessionRun(shell, SessionRun.PATIENCE);
        AudioClock sent = new AudioClock(AudioInput.FORMAT, System::nanoTime);
        Latencies latencies = new Latencies(System::nanoTime);
        // Without a lead each sample leaves when it would have been spoken, which latencies are measured from.
        Flux<ByteBuffer> audio =
                Objects.requireNonNull(speed).pacing().withLead(Duration.ZERO).apply(recording(), AudioInput.FORMAT);
        Flux<AudioSignal> signals = sent.watch(run.untilInterrupted(audio)).map(AudioSignal::chunk);
        SessionOptions options =
                SessionOptions.builder().format(AudioInput.FORMAT).build();

        CaptionView captions = new CaptionView(CaptionScreen.of(shell.out(), shell.terminal(), shell.environment()));
        Verdict verdict = new Verdict(shell);
        List<Final> finals = new ArrayList<>();
        Flux<TranscriptionEvent> events =
                server.client().build().transcribe(signals, options).doOnNext(latencies::arrived);
        ExitCode interrupted;
        try {
            interrupted = run.handle(events, event -> {
                captions.accept(event);
                verdict.accept(event);
                if (event instanceof Final end) {
                    finals.add(end);
                }
            });
        } finally {
            captions.end();
        }
        DemoReport.print(page, finals, sent, latencies);
        return interrupted != null ? interrupted : verdict.of("the recording");
    }

    private static Flux<ByteBuffer> recording() {
        return AudioSources.raw(
                () -> AudioSystem.getAudioInputStream(new ByteArrayInputStream(DemoRecording.wav())),
                AudioInput.FORMAT.sampleRate(),
                AudioInput.FORMAT);
    }

    private static void introduce(Page page, URI server) {
        String[][] facts = {
            {"Speech", "synthetic, made for this project"},
            {"Recogniser", "Vosk + Silero VAD, on this machine"},
            {"Server", server.getScheme() + "://" + server.getAuthority()},
        };
        for (String[] fact : facts) {
            String name = String.format("%-12s ", fact[0] + ":");
            page.line(name + fact[1], name.length());
        }
        page.line("");
    }
}
