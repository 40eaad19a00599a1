package io.qwenasr.codec;

import io.netty.buffer.ByteBuf;
import java.nio.ByteBuffer;
import java.util.Base64;

/** Standard padded base64 between buffers, without texts in between. */
final class Base64Text {

    private static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final int BLOCK = 6;

    /**
     * Two characters for each 12 bits. The JDK's encoder cannot write into a buffer that is there already,
     * and without AVX-512 it is slower too.
     */
    private static final char[] PAIRS = pairs();

    private Base64Text() {}

    private static char[] pairs() {
        char[] pairs = new char[1 << 12];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = (char) (ALPHABET.charAt(i >>> 6) << 8 | ALPHABET.charAt(i & 0x3f));
        }
        return pairs;
    }

    /**
     * Tells the length of the text.
     *
     * @throws IllegalArgumentException if it is over 2 GiB
     */
    static int encodedLength(int bytes) {
        long length = (bytes + 2L) / 3 * 4;
        if (length > Integer.MAX_VALUE - 1024) {
            throw new IllegalArgumentException("too much audio for one append: " + bytes + " bytes");
        }
        return (int) length;
    }

    /** Writes the remaining bytes, whose position does not move; the target has room for them. */
    static void encode(ByteBuffer bytes, ByteBuf out) {
        // A duplicate is big-endian, whatever the original is.
        ByteBuffer in = bytes.duplicate();
        int at = in.position();
        int end = in.limit();
        int to = out.writerIndex();
        for (; at + Long.BYTES <= end; at += BLOCK) {
            long bits = in.getLong(at);
            out.setLong(
                    to,
                    (long) PAIRS[(int) (bits >>> 52)] << 48
                            | (long) PAIRS[(int) (bits >>> 40) & 0xfff] << 32
                            | (long) PAIRS[(int) (bits >>> 28) & 0xfff] << 16
                            | PAIRS[(int) (bits >>> 16) & 0xfff]);
            to += Long.BYTES;
        }
        for (; at + 3 <= end; at += 3) {
            int bits = (in.get(at) & 0xff) << 16 | (in.get(at + 1) & 0xff) << 8 | (in.get(at + 2) & 0xff);
            out.setInt(to, PAIRS[bits >>> 12] << 16 | PAIRS[bits & 0xfff]);
            to += Integer.BYTES;
        }
        if (at + 2 == end) {
            int bits = (in.get(at) & 0xff) << 16 | (in.get(at + 1) & 0xff) << 8;
            out.setInt(to, PAIRS[bits >>> 12] << 16 | (PAIRS[bits & 0xfff] & 0xff00) | '=');
            to += Integer.BYTES;
        } else if (at + 1 == end) {
            int bits = (in.get(at) & 0xff) << 4;
            out.setInt(to, PAIRS[bits] << 16 | '=' << 8 | '=');
            to += Integer.BYTES;
        }
        out.writerIndex(to);
    }

    /**
     * Reads base64.
     *
     * @throws IllegalArgumentException if it is not standard padded base64
     */
    static ByteBuffer decode(ByteBuffer text) {
        if (text.remaining() % 4 != 0) {
            throw new IllegalArgumentException("its length is not a multiple of 4");
        }
        return Base64.getDecoder().decode(text);
    }

    /** Like {@link #decode(ByteBuffer)}, from characters. */
    static ByteBuffer decode(char[] text, int offset, int length) {
        byte[] latin = new byte[length];
        for (int i = 0; i < length; i++) {
            char c = text[offset + i];
            if (c > 0x7f) {
                throw new IllegalArgumentException("not ASCII");
            }
            latin[i] = (byte) c;
        }
        return decode(ByteBuffer.wrap(latin));
    }
}
