package io.qwenasr.reactor.test;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * What one session of a {@link ScriptedTranscriber} was given, and how it went; for assertions.
 *
 * <p>Safe to read from any thread, also while the session goes on.
 *
 * @since 0.1.0
 */
public final class ScriptedSession {

    /**
     * How a session ended.
     *
     * @since 0.1.0
     */
    public enum End {
        /** It completed. */
        COMPLETED,
        /** It failed, by the script or by an error of the audio. */
        FAILED,
        /** Its subscriber cancelled it. */
        CANCELLED
    }

    private final int number;
    private final SessionOptions options;
    private final boolean keepSignals;
    private final Sinks.One<End> end = Sinks.one();

    private final List<AudioSignal> signals = new ArrayList<>();
    private final CRC32 crc = new CRC32();
    private long bytes;
    private int chunks;
    private int commits;
    private int clears;
    private int gaps;
    private long requested;
    private long events;
    private boolean audioComplete;
    private @Nullable Throwable audioError;
    private @Nullable Throwable error;
    private @Nullable End ended;

    ScriptedSession(int number, SessionOptions options, boolean keepSignals) {
        this.number = number;
        this.options = options;
        this.keepSignals = keepSignals;
    }

    // ---- written by the session

    synchronized void countRequest() {
        requested++;
    }

    synchronized void received(AudioSignal signal) {
        if (signal instanceof AudioSignal.Chunk chunk) {
            chunks++;
            bytes += chunk.audio().remaining();
            crc.update(chunk.audio().duplicate());
        } else if (signal instanceof AudioSignal.Commit) {
            commits++;
        } else if (signal instanceof AudioSignal.Clear) {
            clears++;
        } else if (signal instanceof AudioSignal.Gap) {
            gaps++;
        }
        if (keepSignals) {
            signals.add(signal);
        }
    }

    synchronized void audioCompleted() {
        audioComplete = true;
    }

    synchronized void audioFailed(Throwable cause) {
        audioError = cause;
    }

    synchronized void emitted(TranscriptionEvent event) {
        events++;
    }

    void ended(@Nullable Throwable cause) {
        end(cause == null ? End.COMPLETED : End.FAILED, cause);
    }

    void cancelled() {
        end(End.CANCELLED, null);
    }

    private void end(End how, @Nullable Throwable cause) {
        synchronized (this) {
            ended = how;
            error = cause;
        }
        end.tryEmitValue(how);
    }

    // ---- read by tests

    /**
     * Returns which session of its transcriber this is.
     *
     * @return 1 for the first
     */
    public int number() {
        return number;
    }

    /**
     * Returns what the session was asked for.
     *
     * @return its options
     */
    public SessionOptions options() {
        return options;
    }

    /**
     * Returns how much audio came.
     *
     * @return bytes of all chunks
     */
    public synchronized long bytes() {
        return bytes;
    }

    /**
     * Returns the checksum of all audio that came, however it was cut into chunks.
     *
     * @return a CRC-32, 0 for no audio
     */
    public synchronized long crc32() {
        return crc.getValue();
    }

    /**
     * Returns how many chunks came.
     *
     * @return at least 0
     */
    public synchronized int chunks() {
        return chunks;
    }

    /**
     * Returns how many commits came, those without audio included.
     *
     * @return at least 0
     */
    public synchronized int commits() {
        return commits;
    }

    /**
     * Returns how many clears came.
     *
     * @return at least 0
     */
    public synchronized int clears() {
        return clears;
    }

    /**
     * Returns how many gaps came.
     *
     * @return at least 0
     */
    public synchronized int gaps() {
        return gaps;
    }

    /**
     * Returns how many signals were requested of the audio.
     *
     * @return the sum of all requests
     */
    public synchronized long requested() {
        return requested;
    }

    /**
     * Returns how many events the subscriber has got.
     *
     * @return at least 0
     */
    public synchronized long events() {
        return events;
    }

    /**
     * Returns the signals that came.
     *
     * @return the signals so far, in their order; the buffers of chunks are read-only copies
     * @throws IllegalStateException if the script was built {@linkplain ScriptedTranscriber.Builder#withoutSignals
     *     without keeping them}
     */
    public synchronized List<AudioSignal> signals() {
        if (!keepSignals) {
            throw new IllegalStateException("the signals of session " + number
                    + " were not kept: the script was built withoutSignals(); only their counts are known");
        }
        return List.copyOf(signals);
    }

    /**
     * Returns the audio that came.
     *
     * @return the bytes of all chunks so far
     * @throws IllegalStateException as for {@link #signals()}
     */
    public byte[] audio() {
        ByteArrayOutputStream audio = new ByteArrayOutputStream();
        for (AudioSignal signal : signals()) {
            if (signal instanceof AudioSignal.Chunk chunk) {
                ByteBuffer piece = chunk.audio().duplicate();
                byte[] copy = new byte[piece.remaining()];
                piece.get(copy);
                audio.writeBytes(copy);
            }
        }
        return audio.toByteArray();
    }

    /**
     * Tells whether the audio completed.
     *
     * @return true from its completion on
     */
    public synchronized boolean isAudioComplete() {
        return audioComplete;
    }

    /**
     * Returns the error that the audio ended with.
     *
     * @return the error, or null if there was none so far
     */
    public synchronized @Nullable Throwable audioError() {
        return audioError;
    }

    /**
     * Returns how the session ended.
     *
     * @return the end, or null while it goes on
     */
    public synchronized @Nullable End end() {
        return ended;
    }

    /**
     * Returns the error that the session ended with.
     *
     * @return the error, or null if there was none so far
     */
    public synchronized @Nullable Throwable error() {
        return error;
    }

    /**
     * Waits for the end of the session.
     *
     * @return how it ended; emitted on the thread that ended it
     */
    public Mono<End> whenEnded() {
        return end.asMono();
    }

    @Override
    public synchronized String toString() {
        return "ScriptedSession[" + number + ", " + bytes + " bytes in " + chunks + " chunks, " + commits + " commits, "
                + events + " events, " + (ended == null ? "open" : ended) + "]";
    }
}
