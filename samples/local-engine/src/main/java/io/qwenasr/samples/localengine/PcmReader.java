package io.qwenasr.samples.localengine;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Reads little-endian 16-bit samples out of chunks that may end in the middle of one. */
final class PcmReader {

    private ByteBuffer chunk = ByteBuffer.allocate(0);
    private boolean halfRead;
    private byte firstHalf;

    /** Sets the chunk to read next; the one before must have been read to its end. */
    void chunk(ByteBuffer next) {
        chunk = next.order(ByteOrder.LITTLE_ENDIAN);
    }

    boolean hasRemaining() {
        return chunk.hasRemaining();
    }

    /** Reads as many whole samples as there are and fit; returns how many. */
    int read(short[] samples) {
        int count = 0;
        if (halfRead && chunk.hasRemaining()) {
            samples[count++] = (short) ((firstHalf & 0xFF) | (chunk.get() << 8));
            halfRead = false;
        }
        int whole = Math.min(samples.length - count, chunk.remaining() / Short.BYTES);
        chunk.asShortBuffer().get(samples, count, whole);
        chunk.position(chunk.position() + whole * Short.BYTES);
        if (chunk.remaining() == 1) {
            firstHalf = chunk.get();
            halfRead = true;
        }
        return count + whole;
    }
}
