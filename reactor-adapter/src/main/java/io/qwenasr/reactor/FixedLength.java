package io.qwenasr.reactor;

import java.nio.ByteBuffer;

/** Ends an utterance after so many bytes. */
record FixedLength(long bytes) implements BoundaryFinder {

    @Override
    public int find(ByteBuffer audio, long uttered) {
        long missing = bytes - uttered;
        return missing <= audio.remaining() ? (int) missing : NONE;
    }
}
