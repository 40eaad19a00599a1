package io.qwenasr.reactor.recording;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioLedger;
import io.qwenasr.ServerError;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.recording.RecordedEntry.How;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.scheduler.Scheduler;

/** The disk takes its time. */
class RecordingWriterTest {

    private static final Instant START = Instant.parse("2026-11-22T10:15:30Z");

    @TempDir
    Path folder;

    private final List<Path> files = new ArrayList<>();

    /** Does its tasks when told. */
    private static final class SlowDisk implements Scheduler {
        private final Queue<Runnable> tasks = new ArrayDeque<>();
        private boolean closed;

        @Override
        public Disposable schedule(Runnable task) {
            if (closed) {
                throw new RejectedExecutionException("closed");
            }
            tasks.add(task);
            return Disposables.single();
        }

        @Override
        public Worker createWorker() {
            throw new UnsupportedOperationException();
        }

        void work() {
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
        }
    }

    private RecordingWriter writer(Scheduler disk, long waitingBytes) {
        return new RecordingWriter(
                folder,
                "x",
                START,
                SessionOptions.defaults(),
                true,
                new RecordingWriter.Limits(waitingBytes, 1 << 20),
                disk,
                files::add);
    }

    private static RecordedEntry.Audio chunk(int at, int bytes) {
        return new RecordedEntry.Audio(Duration.ofMillis(at), bytes, ByteBuffer.allocate(bytes));
    }

    private static RecordedEntry.End end(int at) {
        return new RecordedEntry.End(Duration.ofMillis(at), How.COMPLETED, null, null);
    }

    @Test
    void writesWhatHasWaited() throws IOException {
        SlowDisk disk = new SlowDisk();
        RecordingWriter writer = writer(disk, 10_000);
        writer.add(chunk(1, 1_000));
        writer.add(chunk(2, 1_000));
        assertThat(disk.tasks).hasSize(1);
        disk.work();
        writer.add(chunk(3, 1_000));
        writer.add(end(4));
        disk.work();
        assertThat(Recording.read(files.get(0)).entries())
                .containsExactly(chunk(1, 1_000), chunk(2, 1_000), chunk(3, 1_000), end(4));
        assertThat(Recording.read(files.get(0)).started()).isEqualTo(START);
        writer.written().block(Duration.ofSeconds(10));
    }

    @Test
    void endsTheRecordingWhereTheDiskWasTooSlow() throws IOException {
        SlowDisk disk = new SlowDisk();
        RecordingWriter writer = writer(disk, 10_000);
        for (int i = 1; i < 100; i++) {
            writer.add(chunk(i, 1_000));
        }
        writer.add(new RecordedEntry.Event(Duration.ofMillis(100), new TranscriptionEvent.Cleared()));
        writer.add(end(101));
        disk.work();
        Recording recording = Recording.read(files.get(0));
        assertThat(recording.entries()).hasSize(7);
        assertThat(recording.end().how()).isEqualTo(How.TRUNCATED);
        assertThat(recording.truncation()).contains("the disk was too slow", "10000");
        assertThat(recording.duration()).isEqualTo(Duration.ofMillis(7));
        writer.written().block(Duration.ofSeconds(10));
    }

    static Stream<TranscriptionEvent> longEvents() {
        String text = "y".repeat(5_000);
        ServerError error = new ServerError("server_error", "c", text, null, null);
        AudioLedger.Entry lost =
                new AudioLedger.Entry(Duration.ZERO, Duration.ofSeconds(1), AudioLedger.State.LOST, text);
        return Stream.of(
                new TranscriptionEvent.Unknown("x", "{\"x\":\"" + text + "\"}"),
                new TranscriptionEvent.Partial("i", text, "", null, null),
                new TranscriptionEvent.Partial("i", "", text, null, null),
                new TranscriptionEvent.Final("i", text, null, null, null, null),
                new TranscriptionEvent.Failed("i", error),
                new TranscriptionEvent.ErrorReported(error),
                new TranscriptionEvent.Reconnected("s", Duration.ZERO, Duration.ZERO, 1, new IOException(text)),
                new TranscriptionEvent.Summary(new AudioLedger(List.of(lost))));
    }

    @ParameterizedTest
    @MethodSource("longEvents")
    void countsLongTexts(TranscriptionEvent event) throws IOException {
        SlowDisk disk = new SlowDisk();
        RecordingWriter writer = writer(disk, 10_000);
        writer.add(new RecordedEntry.Event(Duration.ZERO, event));
        disk.work();
        assertThat(Recording.read(files.get(0)).truncation()).contains("the disk was too slow");
    }

    @Test
    void leavesAFileThatSaysItIsCutOff() throws IOException {
        SlowDisk disk = new SlowDisk();
        RecordingWriter writer = writer(disk, 10_000);
        writer.add(chunk(1, 10));
        disk.work();
        Recording recording = Recording.read(folder.resolve("x.jsonl"));
        assertThat(recording.end().how()).isEqualTo(How.TRUNCATED);
        assertThat(recording.truncation()).contains("killed");
        assertThat(recording.entries()).hasSize(2);
    }

    @Test
    void takesAnotherNameIfItsOwnIsTaken() throws IOException {
        for (int i = 0; i < 3; i++) {
            SlowDisk disk = new SlowDisk();
            writer(disk, 10_000).add(end(i));
            disk.work();
        }
        assertThat(files)
                .containsExactly(folder.resolve("x.jsonl"), folder.resolve("x-2.jsonl"), folder.resolve("x-3.jsonl"));
        assertThat(Recording.read(files.get(0)).duration()).isEqualTo(Duration.ZERO);
    }

    @Test
    void endsWhateverIsThrown() {
        SlowDisk disk = new SlowDisk();
        RecordingWriter writer = new RecordingWriter(
                folder,
                "x",
                START,
                SessionOptions.defaults(),
                true,
                new RecordingWriter.Limits(10_000, 1 << 20),
                disk,
                file -> {
                    throw new AssertionError("no room");
                });
        writer.add(end(1));
        disk.work();
        writer.written().block(Duration.ofSeconds(10));
    }

    @Test
    void givesUpWithoutAPlaceToWork() {
        SlowDisk disk = new SlowDisk();
        disk.closed = true;
        RecordingWriter writer = writer(disk, 10_000);
        writer.add(chunk(1, 10));
        writer.add(end(2));
        writer.written().block(Duration.ofSeconds(10));
        assertThat(files).isEmpty();
    }
}
