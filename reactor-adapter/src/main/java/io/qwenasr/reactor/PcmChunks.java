package io.qwenasr.reactor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;

/** PCM that waits to be emitted in chunks. Used by one thread at a time. */
final class PcmChunks {

    /** Chunks of 100 ms. */
    static final int PER_SECOND = 10;

    private final int chunkBytes;
    private final ArrayDeque<ByteBuffer> waiting = new ArrayDeque<>();
    private long bytes;

    PcmChunks(int sampleRate) {
        this(sampleRate, PER_SECOND);
    }

    PcmChunks(int sampleRate, int perSecond) {
        this.chunkBytes = sampleRate / perSecond * Short.BYTES;
    }

    /** Keeps the PCM, which is whole samples. */
    void add(ByteBuffer pcm) {
        if (pcm.hasRemaining()) {
            waiting.add(pcm);
            bytes += pcm.remaining();
        }
    }

    boolean isEmpty() {
        return bytes == 0;
    }

    /** Tells whether a whole chunk is there. */
    boolean hasWhole() {
        return bytes >= chunkBytes;
    }

    /** Tells whether a chunk is there that is not the last one. */
    boolean hasMoreThanWhole() {
        return bytes > chunkBytes;
    }

    /** Takes a chunk, or what is there if that is less, in a buffer of its own. */
    ByteBuffer take() {
        ByteBuffer chunk =
                ByteBuffer.allocate((int) Math.min(chunkBytes, bytes)).order(ByteOrder.LITTLE_ENDIAN);
        bytes -= chunk.remaining();
        while (chunk.hasRemaining()) {
            ByteBuffer first = waiting.element();
            int length = Math.min(first.remaining(), chunk.remaining());
            chunk.put(first.slice(first.position(), length));
            first.position(first.position() + length);
            if (!first.hasRemaining()) {
                waiting.remove();
            }
        }
        return chunk.flip();
    }
}
