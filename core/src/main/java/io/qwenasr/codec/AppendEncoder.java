package io.qwenasr.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import java.security.SecureRandom;

/**
 * Writes {@code input_audio_buffer.append} as a whole masked WebSocket frame, the one thing a client sends all
 * the time: header, JSON and base64 go once into one buffer of their final size, masked as they are written.
 *
 * <p>The frame is to be written behind the WebSocket encoder of the pipeline, from that handler's own context,
 * so that TLS still sees it. Extensions are not applied to it, which RFC 7692 allows.
 *
 * <p>Numbers its events: {@code event_a1}, {@code event_a2} and so on. Used by one thread at a time.
 *
 * @since 0.1.0
 */
public final class AppendEncoder {

    private static final byte FINAL_TEXT = (byte) 0x81;
    private static final int MASKED = 0x80;
    private static final int SHORT_LENGTH = 126;
    private static final int LONG_LENGTH = 127;
    private static final int MAX_DIGITS = 19;
    private static final byte[] AFTER_ID =
            ("\",\"type\":\"" + ClientEvent.Append.TYPE + "\",\"audio\":\"").getBytes(US_ASCII);
    private static final int END = 2;

    private final byte[] beforeNumber;
    private final MaskKeys keys;
    private final Base64Text.Blocks base64 = Base64Text.blocks();
    private final byte[] digits = new byte[MAX_DIGITS];
    private long number;

    /**
     * Creates an encoder that starts to count at 1.
     *
     * @param idPrefix what its event ids begin with: letters, digits and underscores
     * @param random where the masking keys come from. One that reads a device may block, which matters where the
     *     frames are written on an event loop; {@code SecureRandom.getInstance("DRBG")} does not once it is seeded
     */
    public AppendEncoder(String idPrefix, SecureRandom random) {
        if (!idPrefix.matches("\\w+")) {
            throw new IllegalArgumentException("idPrefix must be letters, digits and underscores, not " + idPrefix);
        }
        this.beforeNumber = ("{\"event_id\":\"" + idPrefix).getBytes(US_ASCII);
        this.keys = new MaskKeys(random);
    }

    /**
     * Writes one frame.
     *
     * @param audio the bytes between position and limit, heap or direct; neither changes
     * @param alloc where the buffer comes from
     * @return a new buffer, to be released by the caller
     */
    public ByteBuf frame(ByteBuffer audio, ByteBufAllocator alloc) {
        return frame(audio, audio.position(), audio.limit(), alloc);
    }

    /**
     * Writes one frame of a part of a buffer, whatever its position and limit are.
     *
     * @param audio heap or direct; nothing of it changes
     * @param from index of the first byte
     * @param to index after the last byte, at most the limit
     * @param alloc where the buffer comes from
     * @return a new buffer, to be released by the caller
     */
    public ByteBuf frame(ByteBuffer audio, int from, int to, ByteBufAllocator alloc) {
        int firstDigit = writeDigits(++number);
        int text = beforeNumber.length + MAX_DIGITS - firstDigit + AFTER_ID.length;
        int payload = Math.addExact(Base64Text.encodedLength(to - from), text + END);
        int header = 2 + lengthBytes(payload) + Integer.BYTES;
        ByteBuf out = alloc.buffer(header + payload);
        try {
            int key = keys.next();
            writeHeader(out, payload, key);
            int start = out.writerIndex();
            out.writeBytes(beforeNumber)
                    .writeBytes(digits, firstDigit, MAX_DIGITS - firstDigit)
                    .writeBytes(AFTER_ID);
            mask(out, start, out.writerIndex(), key);
            base64.encode(audio, from, to, out, turned(key, text));
            int end = out.writerIndex();
            out.writeByte('"').writeByte('}');
            mask(out, end, out.writerIndex(), Integer.rotateLeft(key, 8 * ((end - start) & 3)));
            return out;
        } catch (Throwable failed) {
            out.release();
            throw failed;
        }
    }

    private int writeDigits(long value) {
        int at = MAX_DIGITS;
        long rest = value;
        do {
            digits[--at] = (byte) ('0' + rest % 10);
            rest /= 10;
        } while (rest > 0);
        return at;
    }

    private static int lengthBytes(int payload) {
        return payload < SHORT_LENGTH ? 0 : payload <= 0xffff ? Short.BYTES : Long.BYTES;
    }

    private static void writeHeader(ByteBuf out, int payload, int key) {
        out.writeByte(FINAL_TEXT);
        switch (lengthBytes(payload)) {
            case 0 -> out.writeByte(MASKED | payload);
            case Short.BYTES -> out.writeByte(MASKED | SHORT_LENGTH).writeShort(payload);
            default -> out.writeByte(MASKED | LONG_LENGTH).writeLong(payload);
        }
        out.writeInt(key);
    }

    /** The key for eight bytes that begin so far from the beginning of the payload. */
    private static long turned(int key, int offset) {
        int turned = Integer.rotateLeft(key, 8 * (offset & 3));
        return (long) turned << 32 | (turned & 0xffffffffL);
    }

    private static void mask(ByteBuf out, int from, int to, int key) {
        long eight = turned(key, 0);
        int at = from;
        for (; at + Long.BYTES <= to; at += Long.BYTES) {
            out.setLong(at, out.getLong(at) ^ eight);
        }
        for (int shift = 56; at < to; at++, shift -= 8) {
            out.setByte(at, out.getByte(at) ^ (int) (eight >>> shift));
        }
    }
}
