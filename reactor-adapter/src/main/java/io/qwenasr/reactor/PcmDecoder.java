package io.qwenasr.reactor;

import java.nio.ByteBuffer;

/** Turns the bytes of one source into PCM at the target's rate. Used by one thread at a time. */
interface PcmDecoder {

    /**
     * Takes the next bytes, whose buffer is neither kept nor moved.
     *
     * @throws AudioSourceException if they cannot be audio
     */
    void decode(ByteBuffer bytes, PcmChunks out);

    /**
     * Ends the source: gives out what was still to come.
     *
     * @throws AudioSourceException if the source must not end here
     */
    void finish(PcmChunks out);

    /** Tells whether it is known what kind of audio comes, so that it is not refused any more. */
    default boolean isReady() {
        return true;
    }

    /** Tells whether no byte to come matters. */
    default boolean isDone() {
        return false;
    }
}
