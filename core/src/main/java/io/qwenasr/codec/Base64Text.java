package io.qwenasr.codec;

import io.netty.buffer.ByteBuf;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;

/** Writes standard padded base64 between buffers, without texts in between. */
final class Base64Text {

    static final String ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    private static final int BLOCK = 6;

    /**
     * Two characters for each 12 bits.
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

    /** Writes a range, for which the target has room, eight characters at a time combined with a mask, whose halves are equal. */
    static void encode(ByteBuffer in, int from, int end, ByteBuf out, long mask) {
        int at = from;
        boolean bigEndian = in.order() == ByteOrder.BIG_ENDIAN;
        int mask4 = (int) (mask >>> 32);
        int to = out.writerIndex();
        for (; at + Long.BYTES <= end; at += BLOCK) {
            long bits = bigEndian ? in.getLong(at) : Long.reverseBytes(in.getLong(at));
            out.setLong(
                    to,
                    mask
                            ^ ((long) PAIRS[(int) (bits >>> 52)] << 48
                                    | (long) PAIRS[(int) (bits >>> 40) & 0xfff] << 32
                                    | (long) PAIRS[(int) (bits >>> 28) & 0xfff] << 16
                                    | PAIRS[(int) (bits >>> 16) & 0xfff]));
            to += Long.BYTES;
        }
        for (; at + 3 <= end; at += 3) {
            int bits = (in.get(at) & 0xff) << 16 | (in.get(at + 1) & 0xff) << 8 | (in.get(at + 2) & 0xff);
            out.setInt(to, mask4 ^ (PAIRS[bits >>> 12] << 16 | PAIRS[bits & 0xfff]));
            to += Integer.BYTES;
        }
        if (at + 2 == end) {
            int bits = (in.get(at) & 0xff) << 16 | (in.get(at + 1) & 0xff) << 8;
            out.setInt(to, mask4 ^ (PAIRS[bits >>> 12] << 16 | (PAIRS[bits & 0xfff] & 0xff00) | '='));
            to += Integer.BYTES;
        } else if (at + 1 == end) {
            int bits = (in.get(at) & 0xff) << 4;
            out.setInt(to, mask4 ^ (PAIRS[bits] << 16 | '=' << 8 | '='));
            to += Integer.BYTES;
        }
        out.writerIndex(to);
    }

    /** Encodes with a mask; used by one thread at a time. */
    interface Blocks {
        /** Writes a range; see {@link Base64Text#encode(ByteBuffer, int, int, ByteBuf, long)}. */
        void encode(ByteBuffer bytes, int from, int to, ByteBuf out, long mask);
    }

    /** Returns the faster of two ways here. */
    static Blocks blocks() {
        return JdkBase64.VECTORISED ? new JdkBlocks() : Base64Text::encode;
    }

    /** By the JDK, which only takes whole arrays, as far as whole blocks go. */
    static final class JdkBlocks implements Blocks {

        private static final int IN = 768;
        private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

        private final Base64.Encoder encoder = Base64.getEncoder();
        private byte[] in = {};
        private byte[] text = {};

        @Override
        public void encode(ByteBuffer bytes, int from, int to, ByteBuf out, long mask) {
            if (to - from >= IN && in.length == 0) {
                in = new byte[IN];
                text = new byte[IN / 3 * 4];
            }
            int at = from;
            for (; at + IN <= to; at += IN) {
                bytes.get(at, in);
                encoder.encode(in, text);
                for (int i = 0; i < text.length; i += Long.BYTES) {
                    LONGS.set(text, i, (long) LONGS.get(text, i) ^ mask);
                }
                out.writeBytes(text);
            }
            Base64Text.encode(bytes, at, to, out, mask);
        }
    }
}
