package io.qwenasr;

import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * What a caller feeds into a session: audio, and in manual mode the boundaries of its utterances.
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
}
