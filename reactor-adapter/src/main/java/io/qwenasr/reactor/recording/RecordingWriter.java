package io.qwenasr.reactor.recording;

import io.qwenasr.SessionOptions;
import io.qwenasr.reactor.recording.RecordedEntry.How;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;

/**
 * Writes one recording where blocking is allowed; entries come from any thread and wait in a bounded queue.
 *
 * <p>What cannot be kept is never passed over: the recording ends there, and says so.
 */
final class RecordingWriter {

    /**
     * The bounds of a recording.
     *
     * @param waitingBytes how much may wait for the disk
     * @param fileBytes how large the file may become
     */
    record Limits(long waitingBytes, long fileBytes) {}

    private static final Logger log = LoggerFactory.getLogger(SessionRecorder.class);

    /** What an entry is taken to need in memory beside its audio and text. */
    private static final int ENTRY_BYTES = 512;

    private static final long CHAR_BYTES = 2;

    private final Path folder;
    private final String name;
    private final byte[] header;
    private final Limits limits;
    private final Scheduler disk;
    private final Consumer<Path> whenWritten;
    private final Sinks.Empty<Void> written = Sinks.empty();

    // Guarded by this.
    private final ArrayDeque<RecordedEntry> waiting = new ArrayDeque<>();
    private long waitingBytes;
    private boolean ended;
    private boolean writing;

    // Used only by the one task that writes.
    private RecordingFile.@Nullable Opened opened;
    private long fileBytes;
    private boolean done;

    RecordingWriter(
            Path folder,
            String name,
            Instant started,
            SessionOptions options,
            boolean audio,
            Limits limits,
            Scheduler disk,
            Consumer<Path> whenWritten) {
        this.folder = folder;
        this.name = name;
        this.header = EntryForm.header(started, options, audio);
        this.limits = limits;
        this.disk = disk;
        this.whenWritten = whenWritten;
    }

    /** Takes an entry; after the end of the recording it is ignored. */
    void add(RecordedEntry entry) {
        boolean start;
        synchronized (this) {
            if (ended) {
                return;
            }
            RecordedEntry kept = entry;
            long size = sizeOf(entry);
            if (waitingBytes + size > limits.waitingBytes() && !(entry instanceof RecordedEntry.End)) {
                kept = truncation(
                        entry.at(), "the disk was too slow: more than " + limits.waitingBytes() + " bytes waited");
            }
            ended = kept instanceof RecordedEntry.End;
            waiting.add(kept);
            waitingBytes += size;
            start = !writing;
            writing = true;
        }
        if (start) {
            schedule();
        }
    }

    private void schedule() {
        try {
            disk.schedule(this::write);
        } catch (RejectedExecutionException e) {
            fail(e);
        }
    }

    /** Completes once the recording has ended and its file is closed, or cannot be written. */
    Mono<Void> written() {
        return written.asMono();
    }

    private static RecordedEntry.End truncation(Duration at, String reason) {
        return new RecordedEntry.End(at, How.TRUNCATED, null, reason);
    }

    private static long sizeOf(RecordedEntry entry) {
        long size = ENTRY_BYTES;
        if (entry instanceof RecordedEntry.Audio chunk && chunk.audio() != null) {
            size += chunk.bytes();
        } else if (entry instanceof RecordedEntry.Event event) {
            size += CHAR_BYTES * EventForm.characters(event.event());
        }
        return size;
    }

    private void write() {
        try {
            RecordingFile.Opened file = opened;
            if (file == null) {
                file = RecordingFile.create(folder, name);
                opened = file;
                put(file, header);
            }
            for (RecordedEntry entry = next(); entry != null; entry = next()) {
                write(file, entry);
            }
        } catch (Throwable e) {
            fail(e);
            Exceptions.throwIfFatal(e);
        }
    }

    /** Returns what is to be written next; null if that is nothing, and this task is to end. */
    private @Nullable RecordedEntry next() throws IOException {
        RecordingFile.Opened file = opened;
        synchronized (this) {
            RecordedEntry entry = waiting.poll();
            if (entry != null) {
                waitingBytes -= sizeOf(entry);
                return entry;
            }
        }
        // Before the task ends, so that nothing waits in memory while nothing happens.
        if (file != null && !done) {
            file.out().flush();
        }
        synchronized (this) {
            RecordedEntry entry = waiting.poll();
            if (entry != null) {
                waitingBytes -= sizeOf(entry);
                return entry;
            }
            writing = false;
            return null;
        }
    }

    private void write(RecordingFile.Opened file, RecordedEntry entry) throws IOException {
        if (done) {
            return;
        }
        RecordedEntry kept = entry;
        byte[] line = EntryForm.line(entry);
        if (fileBytes + line.length > limits.fileBytes() && !(entry instanceof RecordedEntry.End)) {
            kept = truncation(entry.at(), "the recording has reached " + limits.fileBytes() + " bytes");
            line = EntryForm.line(kept);
        }
        put(file, line);
        if (kept instanceof RecordedEntry.End end) {
            file.out().close();
            finish(end.how() == How.TRUNCATED ? end.reason() : null);
        }
    }

    private void put(RecordingFile.Opened file, byte[] line) throws IOException {
        file.out().write(line);
        fileBytes += line.length;
    }

    private void finish(@Nullable String truncation) {
        done = true;
        stopTaking();
        RecordingFile.Opened file = opened;
        if (file != null) {
            if (truncation != null) {
                log.warn("{} is truncated: {}", file.file(), truncation);
            }
            whenWritten.accept(file.file());
        }
        written.tryEmitEmpty();
    }

    private void fail(Throwable cause) {
        done = true;
        stopTaking();
        RecordingFile.Opened file = opened;
        log.warn("{} cannot be recorded any further", file == null ? folder.resolve(name) : file.file(), cause);
        if (file != null) {
            try {
                file.out().close();
            } catch (IOException e) {
                cause.addSuppressed(e);
            }
        }
        written.tryEmitEmpty();
    }

    private synchronized void stopTaking() {
        ended = true;
        waiting.clear();
        waitingBytes = 0;
    }
}
