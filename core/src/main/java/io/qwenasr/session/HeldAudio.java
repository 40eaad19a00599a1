package io.qwenasr.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import org.jspecify.annotations.Nullable;

/** Puts chunks together that are too short for appends of their own. Confined to the event loop. */
final class HeldAudio {

    private final int enough;
    private @Nullable ByteBuf held;

    /** @param enough how many bytes make an append */
    HeldAudio(int enough) {
        this.enough = enough;
    }

    boolean isEmpty() {
        return held == null;
    }

    /**
     * Adds a chunk and takes over its reference.
     *
     * @return whether it is enough for an append now
     */
    boolean add(ByteBuf chunk, ByteBufAllocator alloc) {
        try {
            if (held == null) {
                // The last chunk may be nearly enough by itself.
                held = alloc.buffer(2 * enough);
            }
            held.writeBytes(chunk);
            return held.readableBytes() >= enough;
        } finally {
            chunk.release();
        }
    }

    /** Returns what was put together, with its reference; there must be something. */
    ByteBuf take() {
        ByteBuf taken = held;
        held = null;
        if (taken == null) {
            throw new IllegalStateException("nothing is held");
        }
        return taken;
    }

    void drop() {
        if (held != null) {
            held.release();
            held = null;
        }
    }
}
