package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Pacing;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.samples.cli.CliRun.Result;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** {@code transcribe} with {@code --output-dir}, against a server on a real socket. */
class BatchTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path folder;

    private final Counting transcriber = new Counting();
    private RunningServer server;
    private Path in;
    private Path out;

    /** Counts sessions; may hold them until so many have begun. */
    private static final class Counting implements Transcriber {
        private final Transcriber clock = new SpeakingClock();
        private final AtomicInteger begun = new AtomicInteger();
        private final AtomicInteger begunWhileHeld = new AtomicInteger();
        private final Sinks.Empty<Void> release = Sinks.empty();
        private volatile int held;

        @Override
        public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
            return Flux.defer(() -> {
                int number = begun.incrementAndGet();
                if (number == held) {
                    // A while longer, in which one too many would begin.
                    Mono.delay(Duration.ofMillis(200)).subscribe(over -> {
                        begunWhileHeld.set(begun.get());
                        release.tryEmitEmpty();
                    });
                }
                Flux<TranscriptionEvent> events = clock.transcribe(audio, options);
                return held == 0 ? events : release.asMono().timeout(LIMIT).thenMany(events);
            });
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = QwenAsrServer.builder(transcriber).build().start().block(LIMIT);
        in = Files.createDirectories(folder.resolve("in"));
        out = folder.resolve("out");
    }

    @AfterEach
    void stop() {
        server.stop(Duration.ofSeconds(5)).block(LIMIT);
    }

    private Path speech(String name, double seconds) throws IOException {
        Path file = in.resolve(name);
        Files.createDirectories(file.getParent());
        return TestAudio.file(in, name, seconds, TestAudio.TONE);
    }

    private String[] arguments(Object... more) {
        List<String> all = new ArrayList<>(List.of("transcribe", "--speed", "max"));
        all.addAll(List.of("--output-dir", out.toString()));
        all.addAll(List.of("--endpoint", server.uri().toString()));
        Stream.of(more).map(Object::toString).forEach(all::add);
        return all.toArray(String[]::new);
    }

    private Result batch(Object... more) {
        return new CliRun().run(arguments(more));
    }

    /** Everything below the output directory. */
    private List<String> outputs() throws IOException {
        try (Stream<Path> found = Files.walk(out)) {
            return found.filter(Files::isRegularFile)
                    .map(file -> out.relativize(file).toString().replace('\\', '/'))
                    .sorted()
                    .toList();
        }
    }

    private String output(String name) throws IOException {
        return Files.readString(out.resolve(name));
    }

    @Test
    void writesAFileForEachFile() throws Exception {
        Path a = speech("a.wav", 1);
        speech("talks/c.WAV", 1);
        speech("talks/b.v2.wav", 2);
        speech("talks/.hidden.wav", 1);
        speech("talks/deep/d.wav", 1);
        Files.writeString(in.resolve("talks/notes.txt"), "not audio");
        Result result = batch(a, in.resolve("talks"), "--jobs", "1");
        assertThat(result.code()).isZero();
        assertThat(result.out()).isEmpty();
        assertThat(outputs()).containsExactly("a.txt", "b.v2.txt", "c.txt");
        assertThat(output("b.v2.txt").lines()).containsExactly("second 1", "second 2");
        assertThat(result.errLines()).hasSize(5);
        assertThat(result.errLines().get(0)).startsWith("qwen-asr: using " + server.uri());
        assertThat(result.errLines().get(1))
                .matches("qwen-asr: 1 of 3: \\Q" + a + "\\E: 1\\.00 s at \\d+(\\.\\d)?x, 1 utterance");
        assertThat(result.errLines().get(2))
                .startsWith("qwen-asr: 2 of 3: " + in.resolve("talks/b.v2.wav"))
                .endsWith("2 utterances");
        assertThat(result.errLines()).last().isEqualTo("qwen-asr: 3 of 3 done");
    }

    @Test
    void keepsThePathBelowADirectory() throws Exception {
        speech("talk.wav", 1);
        speech("deep/er/talk.wav", 1);
        assertThat(batch(in, "--recursive").code()).isZero();
        assertThat(outputs()).containsExactly("deep/er/talk.txt", "talk.txt");
    }

    @Test
    void writesEachFormat() throws Exception {
        speech("a.wav", 2);
        for (String format : List.of("text", "jsonl", "srt", "vtt")) {
            assertThat(batch(in, "--format", format).code()).isZero();
        }
        assertThat(outputs()).containsExactly("a.jsonl", "a.srt", "a.txt", "a.vtt");
        assertThat(output("a.txt")).isEqualTo("second 1%nsecond 2%n".formatted());
        assertThat(output("a.srt")).isEqualTo("""
                        1
                        00:00:00,000 --> 00:00:01,000
                        second 1

                        2
                        00:00:01,000 --> 00:00:02,000
                        second 2

                        """);
        assertThat(output("a.vtt")).isEqualTo("""
                        WEBVTT

                        00:00:00.000 --> 00:00:01.000
                        second 1

                        00:00:01.000 --> 00:00:02.000
                        second 2

                        """);
        assertThat(output("a.jsonl").lines()).first().asString().startsWith("{\"type\":\"session_ready\"");
        assertThat(output("a.jsonl").lines()).last().asString().startsWith("{\"type\":\"summary\"");
    }

    @Test
    void printsSubtitlesOfOneFileAsTheyCome() throws Exception {
        Path file = speech("a.wav", 1);
        Result result = new CliRun()
                .run(
                        "transcribe",
                        file.toString(),
                        "--speed=max",
                        "--endpoint",
                        server.uri().toString(),
                        "--format=vtt");
        assertThat(result.out()).isEqualTo("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nsecond 1\n\n");
    }

    @Test
    void runsAsManyAtOnceAsAskedFor() throws Exception {
        for (int i = 0; i < 12; i++) {
            speech("f" + i + ".wav", 2);
        }
        assertThat(new CliRun()
                        .run(arguments(in, "--jobs", "3", "--speed", "40"))
                        .code())
                .isEqualTo(ExitCode.USAGE.code());
        transcriber.held = 3;
        assertThat(batch(in, "--jobs", "3").code()).isZero();
        assertThat(outputs()).hasSize(12);
        assertThat(transcriber.begun).hasValue(12);
        assertThat(transcriber.begunWhileHeld).hasValue(3);
    }

    @Test
    void leavesOutWhatIsDone() throws Exception {
        speech("a.wav", 1);
        speech("b.wav", 1);
        assertThat(batch(in.resolve("a.wav")).code()).isZero();
        Result second = batch(in);
        assertThat(second.code()).isZero();
        assertThat(second.errLines())
                .first()
                .isEqualTo("qwen-asr: 1 of 2 done already in " + out + "; --overwrite does them again");
        assertThat(second.errLines()).last().isEqualTo("qwen-asr: 2 of 2 done");
        assertThat(transcriber.begun).hasValue(2);
        Result third = batch(in);
        assertThat(third.code()).isZero();
        assertThat(third.errLines())
                .containsExactly("qwen-asr: 2 of 2 done already in " + out + "; --overwrite does them again");
        assertThat(transcriber.begun).hasValue(2);
    }

    @Test
    void doesAgainWhatIsDoneIfAsked() throws Exception {
        speech("a.wav", 1);
        Files.createDirectories(out);
        Files.writeString(out.resolve("a.txt"), "corrected by hand");
        assertThat(batch(in).code()).isZero();
        assertThat(output("a.txt")).isEqualTo("corrected by hand");
        assertThat(batch(in, "--overwrite").code()).isZero();
        assertThat(output("a.txt").lines()).containsExactly("second 1");
    }

    @Test
    void takesAwayWhatAKilledRunHasLeft() throws Exception {
        speech("a.wav", 1);
        speech("b.wav", 1);
        Files.createDirectories(out);
        Files.writeString(out.resolve("a.txt.part"), "half a ");
        Files.writeString(out.resolve("b.txt.part"), "half a ");
        Files.writeString(out.resolve("b.txt"), "whole");
        assertThat(batch(in).code()).isZero();
        assertThat(outputs()).containsExactly("a.txt", "b.txt");
        assertThat(output("b.txt")).isEqualTo("whole");
    }

    @Test
    void goesOnAfterAFileThatFails() throws Exception {
        speech("a.wav", 1);
        Files.writeString(in.resolve("b.wav"), "these are the notes of a meeting");
        Files.write(in.resolve("c.wav"), TestAudio.wav(new byte[0], 16_000));
        TestAudio.file(in, "d.wav", 1, SpeakingClock.FATAL);
        speech("e.wav", 1);
        Path missing = in.resolve("missing.wav");
        Result result = batch(in, missing, "--no-resume", "--jobs", "2");
        assertThat(result.code()).isEqualTo(ExitCode.FILES_FAILED.code()).isEqualTo(45);
        assertThat(outputs()).containsExactly("a.txt", "e.txt");
        List<String> summary = result.errLines()
                .subList(
                        result.errLines().indexOf("qwen-asr: 2 of 6 done, 4 failed:") + 1,
                        result.errLines().size());
        assertThat(summary).hasSize(4);
        assertThat(summary).anyMatch(line -> line.matches("qwen-asr: failed: [^ ]*b\\.wav is not an audio file.*"));
        assertThat(summary).anyMatch(line -> line.matches("qwen-asr: failed: [^ ]*c\\.wav holds no audio.*"));
        assertThat(summary).anyMatch(line -> line.matches("qwen-asr: failed: [^ ]*d\\.wav: the service reported .*"));
        assertThat(summary).anyMatch(line -> line.matches("qwen-asr: failed: no such file: [^ ]*missing.wav"));
    }

    @Test
    void keepsTheRestOfAFileWhoseUtteranceFails() throws Exception {
        ByteArrayOutputStream pcm = new ByteArrayOutputStream();
        pcm.write(TestAudio.pcm(1, 16_000, SpeakingClock.UNINTELLIGIBLE));
        pcm.write(TestAudio.pcm(1, 16_000, TestAudio.TONE));
        Files.write(in.resolve("a.wav"), TestAudio.wav(pcm.toByteArray(), 16_000));
        for (int run = 1; run <= 2; run++) {
            Result result = batch(in);
            assertThat(result.code()).as("run %d", run).isEqualTo(ExitCode.FILES_FAILED.code());
            assertThat(outputs()).containsExactly("a.txt.incomplete");
            assertThat(output("a.txt.incomplete").lines()).containsExactly("second 2");
            assertThat(result.err())
                    .contains(
                            "a.wav: utterance ",
                            "1 utterance could not be transcribed; the rest is in " + out.resolve("a.txt.incomplete"));
        }
        Files.write(in.resolve("a.wav"), TestAudio.wav(TestAudio.pcm(1, 16_000, TestAudio.TONE), 16_000));
        assertThat(batch(in).code()).isZero();
        assertThat(outputs()).containsExactly("a.txt");
        assertThat(output("a.txt").lines()).containsExactly("second 1");
        assertThat(batch(in).err()).contains("1 of 1 done already");
    }

    @Test
    void doesAFileAgainThatWasDoneAgainInPartOnly() throws Exception {
        speech("a.wav", 1);
        assertThat(batch(in).code()).isZero();
        Files.write(in.resolve("a.wav"), TestAudio.wav(TestAudio.pcm(1, 16_000, SpeakingClock.UNINTELLIGIBLE), 16_000));
        assertThat(batch(in, "--overwrite").code()).isEqualTo(ExitCode.FILES_FAILED.code());
        assertThat(outputs()).containsExactly("a.txt", "a.txt.incomplete");
        assertThat(batch(in).code()).isEqualTo(ExitCode.FILES_FAILED.code());
        speech("a.wav", 2);
        assertThat(batch(in).code()).isZero();
        assertThat(outputs()).containsExactly("a.txt");
        assertThat(output("a.txt").lines()).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("io.qwenasr.samples.cli.VerdictTest#holes")
    void takesAFileForUnfinishedOfWhichAPartIsMissing(TranscriptionEvent hole) throws Exception {
        Path file = speech("a.wav", 1);
        BatchPlan plan = BatchPlan.of(List.of(file), false, out, Format.text);
        plan.prepare();
        Transcriber holed = (audio, options) ->
                new SpeakingClock().transcribe(audio, options).concatWith(Mono.just(hole));
        CliRun around = new CliRun();
        List<String> said = new ArrayList<>();
        ExitCode code = new BatchRun(
                        around.shell(),
                        Connection.open(
                                around.shell(), EndpointChoice.of(server.uri().toString(), null, false), null),
                        new Transcription(
                                holed,
                                SessionOptions.builder()
                                        .format(AudioInput.FORMAT)
                                        .build(),
                                Pacing.none(),
                                List.of()),
                        Format.text,
                        new BatchTally(1, 0),
                        new Progress.Lines(said::add),
                        System::nanoTime)
                .run(plan.jobs(), 1);
        assertThat(code).isEqualTo(ExitCode.FILES_FAILED);
        assertThat(outputs()).containsExactly("a.txt.incomplete");
        assertThat(plan.unfinished()).isEqualTo(plan.jobs());
        assertThat(said).last().asString().startsWith("1 of 1: failed: " + file);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void readsAPipeOnce() throws Exception {
        Path pipe = in.resolve("pipe.wav");
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor())
                .isZero();
        byte[] audio = TestAudio.wav(TestAudio.pcm(2, 16_000, TestAudio.TONE), 16_000);
        CompletableFuture<Path> written = CompletableFuture.supplyAsync(() -> {
            try {
                return Files.write(pipe, audio);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        Result result = batch(pipe);
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(output("pipe.txt").lines()).containsExactly("second 1", "second 2");
        assertThat(written).succeedsWithin(LIMIT);
    }

    /** In a process of its own, since the locale of file names is that of a whole process. */
    @Test
    @EnabledOnOs(OS.LINUX)
    void goesOnAfterANameThatTheLocaleCannotWrite() throws Exception {
        speech("a.wav", 1);
        speech("b.wav", 1);
        assertThat(new ProcessBuilder("sh", "-c", "cp a.wav \"$(printf 'caf\\303\\251.wav')\"")
                        .directory(in.toFile())
                        .start()
                        .waitFor())
                .isZero();
        List<String> line = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        line.addAll(List.of(arguments(in)));
        Path err = folder.resolve("err");
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(err.toFile());
        builder.environment().keySet().removeAll(List.of("LANG", "JAVA_TOOL_OPTIONS", "DASHSCOPE_API_KEY"));
        builder.environment().put("LC_ALL", "C");
        for (int done = 0; done <= 2; done += 2) {
            Process process = builder.start();
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            String said = Files.readString(err);
            assertThat(process.exitValue()).as(said).isEqualTo(ExitCode.FILES_FAILED.code());
            assertThat(outputs()).containsExactly("a.txt", "b.txt");
            assertThat(said)
                    .contains("qwen-asr: 2 of 3 done, 1 failed:")
                    .containsPattern("qwen-asr: failed: [^\n]*caf[^\n]*LC_ALL=C.UTF-8");
            assertThat(said.contains("2 of 3 done already")).isEqualTo(done == 2);
        }
    }

    @Test
    void takesAFileWithoutSpeechForDone() throws Exception {
        TestAudio.file(in, "quiet.wav", 1, TestAudio.SILENCE);
        Result result = batch(in, "--format", "srt");
        assertThat(result.code()).isZero();
        assertThat(output("quiet.srt")).isEmpty();
        assertThat(result.err()).contains("quiet.wav: 1.00 s at ", ", no speech");
    }

    @Test
    void givesUpOnAKeyThatIsRefused() throws Exception {
        RunningServer closed = QwenAsrServer.builder(transcriber)
                .apiKeys(List.of("right"))
                .build()
                .start()
                .block(LIMIT);
        try {
            for (int i = 0; i < 30; i++) {
                speech("f" + i + ".wav", 1);
            }
            Result result = new CliRun()
                    .run(
                            "transcribe",
                            in.toString(),
                            "--output-dir",
                            out.toString(),
                            "--jobs",
                            "1",
                            "--endpoint",
                            closed.uri().toString());
            assertThat(result.code()).isEqualTo(ExitCode.KEY_REJECTED.code());
            assertThat(result.errLines())
                    .contains(
                            "qwen-asr: 0 of 30 done, 1 failed:",
                            "qwen-asr: the rest was not begun or not ended; the same command goes on from here");
        } finally {
            closed.stop(Duration.ofSeconds(5)).block(LIMIT);
        }
    }

    @Test
    void leavesNoHalfOutputWhenInterrupted() throws Exception {
        speech("a.wav", 1);
        speech("b.wav", 600);
        speech("c.wav", 600);
        CliRun run = new CliRun();
        List<String> line = new ArrayList<>(List.of(arguments(in, "--jobs", "1")));
        line.set(line.indexOf("max"), "20");
        run.start(line.toArray(String[]::new));
        run.awaitErr(err -> err.contains("1 of 3: "));
        TestFiles.await(out.resolve("b.txt.part"), text -> text.contains("second 1"));
        run.interrupts().signal(ExitCode.TERMINATED);
        Result result = run.await();
        assertThat(result.code()).isEqualTo(143);
        assertThat(outputs()).containsExactly("a.txt");
        assertThat(result.errLines())
                .endsWith(
                        "qwen-asr: " + in.resolve("b.wav") + ": interrupted",
                        "qwen-asr: 1 of 3 done",
                        "qwen-asr: the rest was not begun or not ended; the same command goes on from here");
        assertThat(run.exit()).isEqualTo(-1);
    }

    @Test
    void tellsThatAnOutputCannotBeWritten() throws Exception {
        speech("a.wav", 1);
        Files.writeString(out, "a file in the place of the directory");
        Result result = batch(in);
        assertThat(result.code()).isEqualTo(ExitCode.OUTPUT_FAILED.code());
        assertThat(result.errLines())
                .singleElement()
                .asString()
                .contains("cannot write to " + out.resolve("a.txt"), "a file is in the place of its directory");
    }

    @Test
    void goesOnWhenOneOutputCannotBeWritten() throws Exception {
        speech("a.wav", 1);
        speech("b.wav", 1);
        Files.createDirectories(out.resolve("a.txt").resolve("full"));
        Result result = batch(in);
        assertThat(result.code()).isEqualTo(ExitCode.FILES_FAILED.code());
        assertThat(result.err()).contains("failed: " + in.resolve("a.wav") + ": cannot write " + out.resolve("a.txt"));
        assertThat(outputs()).containsExactly("b.txt");
    }

    @Test
    void showsWhereAnErrorComesFromIfAsked() throws Exception {
        Files.writeString(in.resolve("b.wav"), "these are the notes of a meeting");
        assertThat(batch(in).err()).doesNotContain("\tat ");
        assertThat(batch(in, "--verbose").err()).contains("AudioSourceException", "\tat ");
    }
}
