package io.qwenasr.reactor.test;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Cuts one direction of a connection into what can be passed on whole: the head of the handshake, then messages and
 * control frames. What is no WebSocket is passed on as it comes.
 */
final class StreamScanner {

    /** Bytes that belong together. */
    sealed interface Unit {
        List<byte[]> bytes();
    }

    /** The head of the HTTP request or response, with the empty line. */
    record Head(List<byte[]> bytes) implements Unit {}

    /** Bytes that are not understood. */
    record Raw(List<byte[]> bytes) implements Unit {}

    /**
     * A message, or a control frame.
     *
     * @param bytes its frames as they came
     * @param opcode of its first frame
     * @param payload of all frames, unmasked
     */
    record Message(List<byte[]> bytes, int opcode, ByteBuffer payload) implements Unit {}

    private enum State {
        HEAD,
        FRAMES,
        RAW
    }

    private static final int MAX_HEAD = 64 << 10;
    private static final int MAX_MESSAGE = 32 << 20;
    private static final ByteBuf END_OF_HEAD = Unpooled.copiedBuffer("\r\n\r\n", ISO_8859_1);
    private static final int CONTROL = 0x8;
    private static final int OPCODE = 0xF;

    // On the heap and not pooled: nothing has to be released, however a connection ends.
    private final ByteBuf received = Unpooled.buffer();
    private final List<byte[]> fragments = new ArrayList<>();
    private ByteBuf fragmentPayload = Unpooled.buffer();
    private int fragmentOpcode;
    private State state;

    /**
     * Creates a scanner.
     *
     * @param frames false to look into nothing
     */
    StreamScanner(boolean frames) {
        this.state = frames ? State.HEAD : State.RAW;
    }

    void add(ByteBuf data) {
        received.discardReadBytes();
        received.writeBytes(data);
    }

    void clear() {
        received.clear();
    }

    /** Looks into nothing from here on. */
    void giveUp() {
        state = State.RAW;
    }

    /**
     * Returns what has come whole.
     *
     * @return the next unit, or null if more has to come first
     */
    @Nullable Unit next() {
        return switch (state) {
            case HEAD -> head();
            case FRAMES -> frame();
            case RAW -> received.isReadable() ? new Raw(List.of(take(received.readableBytes()))) : null;
        };
    }

    private @Nullable Unit head() {
        int end = ByteBufUtil.indexOf(END_OF_HEAD, received);
        if (end < 0) {
            if (received.readableBytes() > MAX_HEAD) {
                state = State.RAW;
                return next();
            }
            return null;
        }
        byte[] head = take(end - received.readerIndex() + END_OF_HEAD.readableBytes());
        String text = new String(head, ISO_8859_1);
        boolean refused = text.startsWith("HTTP/1.") && !text.startsWith("101", "HTTP/1.x ".length());
        state = refused ? State.RAW : State.FRAMES;
        return new Head(List.of(head));
    }

    private @Nullable Unit frame() {
        int start = received.readerIndex();
        int available = received.readableBytes();
        if (available < 2) {
            return null;
        }
        int second = received.getByte(start + 1) & 0xFF;
        boolean masked = (second & WebSocketFrames.MASKED) != 0;
        int shortLength = second & ~WebSocketFrames.MASKED;
        int lengthBytes =
                shortLength == WebSocketFrames.LENGTH_64 ? 8 : shortLength == WebSocketFrames.LENGTH_16 ? 2 : 0;
        int header = 2 + lengthBytes + (masked ? WebSocketFrames.MASK_BYTES : 0);
        if (available < header) {
            return null;
        }
        long length =
                switch (lengthBytes) {
                    case 2 -> received.getUnsignedShort(start + 2);
                    case 8 -> received.getLong(start + 2);
                    default -> shortLength;
                };
        if (length < 0 || length > MAX_MESSAGE) {
            state = State.RAW;
            return next();
        }
        if (available < header + length) {
            return null;
        }
        byte[] mask = new byte[WebSocketFrames.MASK_BYTES];
        if (masked) {
            received.getBytes(start + header - mask.length, mask);
        }
        byte[] frame = take((int) (header + length));
        byte[] payload = new byte[(int) length];
        for (int i = 0; i < payload.length; i++) {
            payload[i] = (byte) (frame[header + i] ^ mask[i % mask.length]);
        }
        return message(frame, payload);
    }

    private @Nullable Unit message(byte[] frame, byte[] payload) {
        boolean fin = (frame[0] & WebSocketFrames.FIN) != 0;
        int opcode = frame[0] & OPCODE;
        if ((opcode & CONTROL) != 0 || (fin && opcode != WebSocketFrames.CONTINUATION)) {
            return new Message(List.of(frame), opcode, ByteBuffer.wrap(payload));
        }
        if (opcode != WebSocketFrames.CONTINUATION) {
            fragmentOpcode = opcode;
            fragments.clear();
            fragmentPayload = Unpooled.buffer();
        }
        fragments.add(frame);
        fragmentPayload.writeBytes(payload);
        if (!fin) {
            return next();
        }
        return new Message(List.copyOf(fragments), fragmentOpcode, fragmentPayload.nioBuffer());
    }

    private byte[] take(int length) {
        byte[] bytes = new byte[length];
        received.readBytes(bytes);
        return bytes;
    }
}
