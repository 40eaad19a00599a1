package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Committed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.Transcriber;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** A batch of the executable jar, which is killed and started again. */
class PackagedBatchIT {

    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final int FILES = 50;
    private static final int UNTIL_KILLED = 25;
    private static final Duration LENGTH = Duration.ofSeconds(1);

    @TempDir
    private Path folder;

    private final Gate transcriber = new Gate();
    private final List<Process> processes = new ArrayList<>();

    /** What each file is heard as, by the name of its output. */
    private final Map<String, String> expected = new TreeMap<>();

    private RunningServer server;
    private Path out;

    /** Hears the checksum of all audio of a session; sessions beyond a number never get their results. */
    private static final class Gate implements Transcriber {
        private final AtomicInteger begun = new AtomicInteger();
        private final List<String> ended = new CopyOnWriteArrayList<>();
        private volatile int limit = UNTIL_KILLED;

        @Override
        public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
            return Flux.defer(() -> {
                boolean shut = begun.incrementAndGet() > limit;
                CRC32 heard = new CRC32();
                return Flux.from(audio)
                        .doOnNext(signal -> {
                            if (signal instanceof AudioSignal.Chunk chunk) {
                                heard.update(chunk.audio().duplicate());
                            }
                        })
                        .thenMany(Flux.defer(() -> shut ? Flux.never() : results(text(heard))));
            });
        }

        private Flux<TranscriptionEvent> results(String text) {
            ended.add(text);
            return Flux.just(
                    new SpeechStarted("item", Duration.ZERO),
                    new SpeechStopped("item", LENGTH),
                    new Committed("item", null),
                    new Final("item", text, "en", null, null, null));
        }

        static String text(CRC32 heard) {
            return Long.toHexString(heard.getValue());
        }
    }

    @BeforeEach
    void start() throws IOException {
        server = QwenAsrServer.builder(transcriber).build().start().block(LIMIT);
        out = folder.resolve("out");
        Path in = Files.createDirectories(folder.resolve("in"));
        for (int i = 0; i < FILES; i++) {
            byte[] pcm = TestAudio.pcm(LENGTH.toMillis() / 1000.0, 16_000, (short) (100 + i));
            Files.write(in.resolve("talk" + i + ".wav"), TestAudio.wav(pcm, 16_000));
            CRC32 crc = new CRC32();
            crc.update(pcm);
            expected.put("talk" + i + ".srt", Gate.text(crc));
        }
    }

    @AfterEach
    void end() {
        processes.forEach(process -> {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        });
        server.stop(Duration.ofSeconds(5)).block(LIMIT);
    }

    private List<String> line() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-jar",
                System.getProperty("qwenasr.jar"),
                "transcribe",
                folder.resolve("in").toString(),
                "--output-dir",
                out.toString(),
                "--format",
                "srt",
                "--jobs",
                "4",
                "--speed",
                "max",
                "--endpoint",
                server.uri().toString());
    }

    private Process batch(String run) throws IOException {
        return start(new ProcessBuilder(line()).redirectOutput(file(run, "out")).redirectError(file(run, "err")));
    }

    private Process start(ProcessBuilder builder) throws IOException {
        builder.environment().remove("DASHSCOPE_API_KEY");
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    private File file(String run, String stream) {
        return folder.resolve(run + "." + stream).toFile();
    }

    private String text(String run, String stream) throws IOException {
        return Files.readString(file(run, stream).toPath());
    }

    /** The names in the output directory. */
    private Set<String> outputs() {
        try (Stream<Path> found = Files.list(out)) {
            Set<String> names = new TreeSet<>();
            found.forEach(path -> names.add(path.getFileName().toString()));
            return names;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Set<String> finished() {
        Set<String> names = outputs();
        names.retainAll(expected.keySet());
        return names;
    }

    private void assertWhole(Set<String> names) throws IOException {
        for (String name : names) {
            assertThat(out.resolve(name))
                    .content(StandardCharsets.UTF_8)
                    .isEqualTo("1\n00:00:00,000 --> 00:00:01,000\n" + expected.get(name) + "\n\n");
        }
    }

    @Test
    void goesOnAfterItWasKilled() throws Exception {
        Process first = batch("first");
        TestFiles.await(
                "half of the files, " + UNTIL_KILLED,
                () -> Files.isDirectory(out)
                        && finished().size() == UNTIL_KILLED
                        && transcriber.begun.get() > UNTIL_KILLED);
        assertThat(first.isAlive()).as(text("first", "err")).isTrue();
        first.destroyForcibly();
        assertThat(first.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();

        Set<String> done = finished();
        assertThat(done).hasSize(UNTIL_KILLED);
        assertWhole(done);
        assertThat(outputs()).as("it was killed while it wrote").anyMatch(name -> name.endsWith(".part"));

        transcriber.limit = Integer.MAX_VALUE;
        transcriber.ended.clear();
        Process second = batch("second");
        assertThat(second.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        assertThat(second.exitValue()).as(text("second", "err")).isZero();

        assertThat(outputs()).isEqualTo(expected.keySet());
        assertWhole(expected.keySet());
        List<String> left = expected.entrySet().stream()
                .filter(file -> !done.contains(file.getKey()))
                .map(Map.Entry::getValue)
                .toList();
        assertThat(transcriber.ended).as("each file that was left, once").containsExactlyInAnyOrderElementsOf(left);

        List<String> told = text("second", "err").lines().toList();
        assertThat(told.get(0)).startsWith("qwen-asr: 25 of 50 done already in " + out);
        assertThat(told).hasSize(2 + left.size() + 1).last().isEqualTo("qwen-asr: 50 of 50 done");
        assertThat(text("second", "out")).isEmpty();
        for (String stream : List.of(text("first", "err"), text("second", "err"))) {
            assertThat(stream.replace(System.lineSeparator(), "")).doesNotContainPattern("\\p{Cc}");
        }
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void drawsBarsOnATerminal() throws Exception {
        String quoted = line().stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        String sized = "stty cols 80 rows 24; " + quoted;
        ProcessBuilder builder = new ProcessBuilder("script", "--quiet", "--return", "--command", sized, "/dev/null")
                .redirectOutput(file("terminal", "out"));
        builder.environment().put("TERM", "xterm-256color");
        builder.environment().remove("NO_COLOR");
        start(builder);
        TestFiles.await(file("terminal", "out").toPath(), shown -> shown.contains("25 of 50 done"));
        TestFiles.await(file("terminal", "out").toPath(), shown -> shown.contains("] 100% "));
        TestFiles.await(file("terminal", "out").toPath(), shown -> shown.contains("\u001b[4A\u001b[K"));
        assertThat(text("terminal", "out")).doesNotContain("50 of 50");
    }
}
