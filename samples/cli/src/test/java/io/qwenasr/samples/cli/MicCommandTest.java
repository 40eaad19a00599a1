package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.reactor.AudioSourceException;
import io.qwenasr.reactor.AudioSourceException.Reason;
import io.qwenasr.reactor.Pacing;
import io.qwenasr.samples.cli.CliRun.Result;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;

/** {@code mic}, with a recogniser that hears time. */
class MicCommandTest {

    @TempDir
    private Path folder;

    /** Microphones that hear a tone which never ends, twenty times as fast as time. */
    private static final class Humming implements Microphones {
        private final List<String> names;
        private final AtomicReference<String> opened = new AtomicReference<>();

        Humming(String... names) {
            this.names = List.of(names);
        }

        @Override
        public List<String> names() {
            return names;
        }

        @Override
        public Flux<ByteBuffer> open(@Nullable String name) {
            opened.set(name == null ? "default" : name);
            byte[] chunk = TestAudio.pcm(0.1, 16_000, TestAudio.TONE);
            Flux<ByteBuffer> hum = Flux.generate(sink -> sink.next(ByteBuffer.wrap(chunk)));
            return Pacing.realTime(20).apply(hum, AudioInput.FORMAT);
        }
    }

    private static Result stop(CliRun run) {
        run.interrupts().signal(ExitCode.INTERRUPTED);
        return run.await();
    }

    @Test
    void printsEachFinalAsALineWhereThereIsNoTerminal() {
        CliRun run = new CliRun().microphones(new Humming("one")).start("mic");
        run.awaitOut(out -> out.contains("second 2"));
        Result result = stop(run);
        assertThat(result.code()).as("Ctrl-C is how it ends").isZero();
        assertThat(result.outLines()).startsWith("second 1", "second 2");
        assertThat(result.out().replaceAll("\\R", "")).doesNotContainPattern("\\p{Cc}");
        assertThat(result.err()).contains("listening to the default microphone, using the embedded server");
    }

    /** What was said before Ctrl-C is still transcribed: the utterance that was under way has its final. */
    @Test
    void bringsTheRestToAnEndWhenInterrupted() {
        ScreenModel screen = new ScreenModel(60);
        CliRun run = new CliRun()
                .microphones(new Humming("one"))
                .terminal(new FixedTerminal(60))
                .out(screen)
                .start("mic");
        screen.await(rows -> rows.contains("second 2"));
        Result result = stop(run);
        assertThat(result.code()).isZero();
        List<String> seconds =
                screen.rows().stream().filter(row -> row.startsWith("second")).toList();
        for (int i = 0; i < seconds.size(); i++) {
            assertThat(seconds.get(i)).isEqualTo("second " + (i + 1));
        }
        assertThat(screen.rows())
                .as("no draft and no status stays")
                .noneMatch(row -> row.contains("▁") || row.contains("SEC") || row.contains("FINISHING"));
        assertThat(screen.raw()).as("the cursor is at the begin of a row").endsWith("\u001b[J");
    }

    @Test
    void usesNoColourIfAskedNotTo() {
        for (String value : new String[] {"", "1"}) {
            ScreenModel screen = new ScreenModel(60);
            CliRun run = new CliRun()
                    .environment("NO_COLOR", value)
                    .microphones(new Humming("one"))
                    .terminal(new FixedTerminal(60))
                    .out(screen)
                    .start("mic");
            screen.await(rows -> rows.contains("second 2"));
            stop(run);
            assertThat(screen.raw().matches("(?s).*\u001b\\[[0-9;]*m.*")).isEqualTo(value.isEmpty());
        }
    }

    @Test
    void captionsAFile() throws Exception {
        Path wav = TestAudio.file(folder, "a.wav", 2, TestAudio.TONE);
        assertThat(mic("--input", wav.toString()).outLines()).containsExactly("second 1", "second 2");
        Path raw = Files.write(folder.resolve("a.pcm"), TestAudio.pcm(2, 16_000, TestAudio.TONE));
        assertThat(mic("--input", raw.toString()).outLines()).containsExactly("second 1", "second 2");
        Path slow = Files.write(folder.resolve("a.bin"), TestAudio.pcm(2, 8_000, TestAudio.TONE));
        assertThat(mic("--input", slow.toString(), "--rate", "8000").outLines())
                .containsExactly("second 1", "second 2");
    }

    @Test
    void captionsStandardInputWithAndWithoutAHeader() {
        byte[] pcm = TestAudio.pcm(2, 16_000, TestAudio.TONE);
        for (byte[] input : new byte[][] {pcm, TestAudio.wav(pcm, 16_000)}) {
            Result result = new CliRun().in(input).run("mic", "--input", "-", "--speed", "max");
            assertThat(result.outLines()).containsExactly("second 1", "second 2");
            assertThat(result.code()).isZero();
        }
    }

    @Test
    void endsWhileStandardInputSaysNothing() throws Exception {
        try (PipedOutputStream silent = new PipedOutputStream();
                PipedInputStream in = new PipedInputStream(silent)) {
            CliRun run = new CliRun().in(in).start("mic", "--input", "-");
            run.awaitErr(err -> err.contains("listening to standard input"));
            assertThat(stop(run).code()).isZero();
        }
    }

    private static Result mic(String... more) {
        String[] all = new String[more.length + 3];
        all[0] = "mic";
        all[1] = "--speed";
        all[2] = "max";
        System.arraycopy(more, 0, all, 3, more.length);
        return new CliRun().run(all);
    }

    @Test
    void listsAndChoosesMicrophones() {
        Humming two = new Humming("USB Headset [plughw:1,0]", "Built-in [plughw:0,0]");
        Result listed = new CliRun().microphones(two).run("mic", "--list-devices");
        assertThat(listed.outLines()).containsExactly("USB Headset [plughw:1,0]", "Built-in [plughw:0,0]");
        CliRun run = new CliRun().microphones(two).start("mic", "--device", "usb");
        run.awaitOut(out -> out.contains("second 1"));
        stop(run);
        assertThat(two.opened).hasValue("USB Headset [plughw:1,0]");
        for (String[] wrong : new String[][] {{"plughw", "several microphones"}, {"bluetooth", "no microphone is"}}) {
            Result result = new CliRun().microphones(two).run("mic", "--device", wrong[0]);
            assertThat(result.code()).isEqualTo(ExitCode.NO_MICROPHONE.code());
            assertThat(result.errLines()).singleElement().asString().contains(wrong[1], "USB Headset", "Built-in");
        }
    }

    @Test
    void saysThatThereIsNoMicrophoneBeforeAModelIsLoaded() {
        for (String[] line : new String[][] {{"mic"}, {"mic", "--list-devices"}, {"mic", "--device", "usb"}}) {
            Result result = new CliRun()
                    .engines((model, progress) -> {
                        throw new AssertionError("nothing must be loaded");
                    })
                    .run(line);
            assertThat(result.code()).isEqualTo(ExitCode.NO_MICROPHONE.code());
            assertThat(result.errLines()).singleElement().asString().contains("there is no microphone", "--input");
        }
    }

    @Test
    void saysThatAMicrophoneCannotBeOpened() {
        Microphones busy = new Microphones() {
            @Override
            public List<String> names() {
                return List.of("one");
            }

            @Override
            public Flux<ByteBuffer> open(@Nullable String name) {
                return Flux.error(new AudioSourceException(Reason.NO_MICROPHONE, "the microphone is in use", null));
            }
        };
        Result result = new CliRun().microphones(busy).run("mic");
        assertThat(result.code()).isEqualTo(ExitCode.NO_MICROPHONE.code());
        assertThat(result.errLines()).last().isEqualTo("qwen-asr: the microphone is in use");
    }

    @Test
    void refusesWhatDoesNotGoTogether() throws IOException {
        Path wav = TestAudio.file(folder, "a.wav", 1, TestAudio.TONE);
        String[][] lines = {
            {"mic", "--rate", "8000"},
            {"mic", "--speed", "2"},
            {"mic", "--input", wav.toString(), "--device", "usb"},
            {"mic", "--input", "-", "--rate", "1"},
        };
        for (String[] line : lines) {
            Result result = new CliRun().microphones(new Humming("one")).run(line);
            assertThat(result.code()).as(String.join(" ", line)).isEqualTo(ExitCode.USAGE.code());
            assertThat(result.errLines()).singleElement().asString().contains("--");
        }
        Result missing =
                new CliRun().run("mic", "--input", folder.resolve("none.raw").toString());
        assertThat(missing.code()).isEqualTo(ExitCode.FILE_NOT_FOUND.code());
    }
}
