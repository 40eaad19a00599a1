package io.qwenasr.reactor.test;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Writes WebSocket frames (RFC 6455, 5.2). */
final class WebSocketFrames {

    static final int CONTINUATION = 0x0;
    static final int TEXT = 0x1;
    static final int BINARY = 0x2;
    static final int CLOSE = 0x8;

    static final int FIN = 0x80;
    static final int MASKED = 0x80;
    static final int MASK_BYTES = 4;
    static final int LENGTH_16 = 126;
    static final int LENGTH_64 = 127;

    private static final int MAX_HEADER = 14;

    private WebSocketFrames() {}

    /**
     * Returns a frame that is a whole message.
     *
     * @param masked as clients must send it; the mask is zero
     */
    static byte[] frame(int opcode, ByteBuffer payload, boolean masked) {
        return frame(FIN | opcode, payload, 0, payload.remaining(), masked);
    }

    /** Returns a text message in several frames. */
    static List<byte[]> fragments(ByteBuffer payload, int frames, boolean masked) {
        List<byte[]> fragments = new ArrayList<>();
        int length = payload.remaining();
        int count = Math.max(1, Math.min(frames, length));
        for (int i = 0; i < count; i++) {
            int from = (int) ((long) length * i / count);
            int to = (int) ((long) length * (i + 1) / count);
            int first = (i == 0 ? TEXT : CONTINUATION) | (i == count - 1 ? FIN : 0);
            fragments.add(frame(first, payload, from, to - from, masked));
        }
        return fragments;
    }

    private static byte[] frame(int firstByte, ByteBuffer payload, int from, int length, boolean masked) {
        ByteBuffer frame = ByteBuffer.allocate(MAX_HEADER + length);
        int mask = masked ? MASKED : 0;
        frame.put((byte) firstByte);
        if (length < LENGTH_16) {
            frame.put((byte) (mask | length));
        } else if (length <= 0xFFFF) {
            frame.put((byte) (mask | LENGTH_16)).putShort((short) length);
        } else {
            frame.put((byte) (mask | LENGTH_64)).putLong(length);
        }
        if (masked) {
            frame.putInt(0);
        }
        frame.put(payload.slice(payload.position() + from, length));
        byte[] bytes = new byte[frame.flip().remaining()];
        frame.get(bytes);
        return bytes;
    }
}
