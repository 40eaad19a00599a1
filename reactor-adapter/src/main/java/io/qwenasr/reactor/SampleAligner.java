package io.qwenasr.reactor;

import java.nio.ByteBuffer;

/** Makes chunks hold whole 16-bit samples: an odd byte is carried over to the next. Used by one thread at a time. */
final class SampleAligner {

    private boolean carrying;
    private byte carried;

    /**
     * Returns the samples that end in this chunk: the chunk itself or a view of it, or a copy where one began in the
     * chunk before. Its position and limit are not to be moved.
     */
    ByteBuffer align(ByteBuffer chunk) {
        if (!carrying && (chunk.remaining() & 1) == 0) {
            return chunk;
        }
        ByteBuffer audio = carrying ? withCarriedByte(chunk) : chunk.slice();
        int whole = audio.remaining() & ~1;
        carrying = whole < audio.remaining();
        if (carrying) {
            carried = audio.get(whole);
        }
        return audio.limit(whole);
    }

    private ByteBuffer withCarriedByte(ByteBuffer chunk) {
        return ByteBuffer.allocate(1 + chunk.remaining())
                .put(carried)
                .put(chunk.duplicate())
                .flip();
    }
}
