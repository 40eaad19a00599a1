package io.qwenasr.reactor.recording;

import io.qwenasr.AudioSignal;
import io.qwenasr.TranscriptionEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One thing that happened in a recorded session.
 *
 * @since 0.1.0
 */
public sealed interface RecordedEntry {

    /**
     * Returns when it happened.
     *
     * @return the time since the subscription
     */
    Duration at();

    /**
     * A chunk of audio came.
     *
     * @param at when
     * @param bytes how much
     * @param audio the bytes, read-only; null if they were not recorded
     * @since 0.1.0
     */
    record Audio(Duration at, int bytes, @Nullable ByteBuffer audio) implements RecordedEntry {}

    /**
     * A commit, a clear or a gap came.
     *
     * @param at when
     * @param signal the signal
     * @since 0.1.0
     */
    record Signal(Duration at, AudioSignal signal) implements RecordedEntry {
        /** Refuses a missing signal. */
        public Signal {
            Objects.requireNonNull(signal, "signal");
        }
    }

    /**
     * The audio ended.
     *
     * @param at when
     * @param error what it failed with; null if it completed
     * @since 0.1.0
     */
    record AudioEnd(Duration at, @Nullable Throwable error) implements RecordedEntry {}

    /**
     * The session told something.
     *
     * @param at when
     * @param event what
     * @since 0.1.0
     */
    record Event(Duration at, TranscriptionEvent event) implements RecordedEntry {
        /** Refuses a missing event. */
        public Event {
            Objects.requireNonNull(event, "event");
        }
    }

    /**
     * The session ended, or its recording did.
     *
     * @param at when
     * @param how in which way
     * @param error what the session failed with, if it failed
     * @param reason why the recording is truncated, if it is
     * @since 0.1.0
     */
    record End(
            Duration at,
            How how,
            @Nullable Throwable error,
            @Nullable String reason) implements RecordedEntry {
        /** Refuses a missing way. */
        public End {
            Objects.requireNonNull(how, "how");
        }
    }

    /**
     * In which way a recorded session ended.
     *
     * @since 0.1.0
     */
    enum How {
        /** It completed. */
        COMPLETED,
        /** It failed. */
        FAILED,
        /** Its subscriber cancelled it. */
        CANCELLED,
        /** It is not known: the recording ends before. */
        TRUNCATED
    }
}
