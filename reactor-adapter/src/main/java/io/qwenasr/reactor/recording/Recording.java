package io.qwenasr.reactor.recording;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * A recorded session, read from its file. Immutable.
 *
 * @since 0.1.0
 */
public final class Recording {

    /** Version of the file format that this library writes, and the only one it reads. */
    public static final int VERSION = 1;

    private final Instant started;
    private final SessionOptions options;
    private final boolean audio;
    private final List<RecordedEntry> entries;
    private final RecordedEntry.End end;

    Recording(
            Instant started,
            SessionOptions options,
            boolean audio,
            List<RecordedEntry> entries,
            RecordedEntry.End end) {
        this.started = started;
        this.options = options;
        this.audio = audio;
        this.entries = List.copyOf(entries);
        this.end = end;
    }

    /**
     * Reads a recording. Blocks; the whole file is kept in memory.
     *
     * <p>A file that ends early, as after a crash, is read as far as it goes; see {@link #truncation}.
     *
     * @param file the file
     * @return the recording
     * @throws IOException if the file cannot be read
     * @throws RecordingException if it is not a recording of this version
     */
    public static Recording read(Path file) throws IOException {
        return RecordingReader.read(file);
    }

    /**
     * Returns when the session was subscribed to.
     *
     * @return the time of day, by the clock of the machine that recorded it
     */
    public Instant started() {
        return started;
    }

    /**
     * Returns what was asked of the session.
     *
     * @return its options
     */
    public SessionOptions options() {
        return options;
    }

    /**
     * Tells whether the audio itself was recorded.
     *
     * @return false if only its sizes were
     */
    public boolean hasAudio() {
        return audio;
    }

    /**
     * Returns all that happened.
     *
     * @return everything in its order; the last one, and only that, is a {@link RecordedEntry.End}
     */
    public List<RecordedEntry> entries() {
        return entries;
    }

    /**
     * Returns the end of the session.
     *
     * @return the last of the entries
     */
    public RecordedEntry.End end() {
        return end;
    }

    /**
     * Returns how long the session took.
     *
     * @return from the subscription to the last entry
     */
    public Duration duration() {
        return end.at();
    }

    /**
     * Tells why the recording ends before the session did.
     *
     * @return the reason, or null if the recording is whole
     */
    public @Nullable String truncation() {
        return end.how() == RecordedEntry.How.TRUNCATED ? end.reason() : null;
    }

    /**
     * Returns what the session told.
     *
     * @return all events in their order
     */
    public List<TranscriptionEvent> events() {
        return entries.stream()
                .filter(RecordedEntry.Event.class::isInstance)
                .map(entry -> ((RecordedEntry.Event) entry).event())
                .toList();
    }

    /**
     * Returns what the session was given, to be given to a transcriber again, as fast as it is requested.
     *
     * @return the signals; cold. Where the audio was not recorded, silence of the same length. It completes whatever the
     *     end of the audio was
     */
    public Flux<AudioSignal> signals() {
        return Flux.fromIterable(entries)
                .filter(entry -> entry instanceof RecordedEntry.Audio || entry instanceof RecordedEntry.Signal)
                .map(Recording::signalOf);
    }

    private static AudioSignal signalOf(RecordedEntry entry) {
        if (entry instanceof RecordedEntry.Audio chunk) {
            ByteBuffer recorded = chunk.audio();
            return AudioSignal.chunk(recorded == null ? ByteBuffer.allocate(chunk.bytes()) : recorded.duplicate());
        }
        return ((RecordedEntry.Signal) entry).signal();
    }

    @Override
    public String toString() {
        return "Recording[" + started + ", " + entries.size() + " entries, " + end.how() + " after " + duration() + "]";
    }
}
