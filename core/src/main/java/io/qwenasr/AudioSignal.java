package io.qwenasr;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;

/**
 * What a caller feeds into a session: audio, and in manual mode the boundaries of its utterances.
 *
 * <p>More signals may be added; who takes them should pass over those it does not know.
 *
 * @since 0.1.0
 */
public sealed interface AudioSignal {

    /**
     * A piece of audio in the session's {@linkplain AudioFormat format}.
     *
     * <p>PCM is 16-bit little-endian mono; a chunk may end in the middle of a sample, the odd byte is
     * carried over to the next chunk. The bytes between position and limit are read, the buffer's
     * position is never moved, and the buffer is not kept once the receiver's {@code onNext} has
     * returned: its owner may then reuse it.
     *
     * @param audio the audio bytes, any length including zero
     * @since 0.1.0
     */
    record Chunk(ByteBuffer audio) implements AudioSignal {
        /** Refuses a missing buffer. */
        public Chunk {
            Objects.requireNonNull(audio, "audio");
        }
    }

    /**
     * The end of an utterance: all audio since the previous commit is recognised as one unit.
     *
     * <p>Manual mode only. A commit without audio since the previous one is never sent.
     *
     * @since 0.1.0
     */
    record Commit() implements AudioSignal {}

    /**
     * Drops the audio since the last commit, as if it had not been said.
     *
     * <p>Manual mode only. Sent as {@code input_audio_buffer.clear}, which the official SDKs send but the
     * service does not document for recognition. The audio timeline still counts the dropped audio.
     *
     * @since 0.1.0
     */
    record Clear() implements AudioSignal {}

    /**
     * Audio that was lost before it could be offered, as by a source that cannot wait.
     *
     * <p>Nothing is sent for it, but the audio timeline counts it: a transcriber answers with
     * {@link TranscriptionEvent.AudioDropped}, and the positions of all audio after it are later by its length.
     * It ends no utterance.
     *
     * @param length how much was lost, in playing time; positive
     * @since 0.1.0
     */
    record Gap(Duration length) implements AudioSignal {
        /** Refuses a gap that is none. */
        public Gap {
            if (length.isNegative() || length.isZero()) {
                throw new IllegalArgumentException("the length of a gap must be positive, not " + length);
            }
        }
    }

    /**
     * Returns a chunk of audio.
     *
     * @param audio the audio bytes; see {@link Chunk}
     * @return the signal
     */
    static AudioSignal chunk(ByteBuffer audio) {
        return new Chunk(audio);
    }

    /**
     * Returns the end of an utterance.
     *
     * @return the signal
     */
    static AudioSignal commit() {
        return new Commit();
    }

    /**
     * Returns the signal that drops uncommitted audio.
     *
     * @return the signal
     */
    static AudioSignal clear() {
        return new Clear();
    }

    /**
     * Returns the place of audio that was lost.
     *
     * @param length how much was lost, positive
     * @return the signal
     */
    static AudioSignal gap(Duration length) {
        return new Gap(length);
    }
}
