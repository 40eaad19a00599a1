package io.qwenasr.codec;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Base64;

/** Reads standard padded base64 into one array of the exact size. */
final class Base64Body {

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final String REFUSAL = "not standard padded base64";
    private static final int GROUP = 4;
    private static final int BYTES_OF_EIGHT = 6;
    private static final int MAX_PADDING = 2;

    /** The JDK's decoder works on vectors of AVX2 since Java 21; before, the table is faster almost anywhere. */
    private static final boolean JDK_IS_FAST = Runtime.version().feature() >= 21;

    private static final int CHUNK = 512;
    private static final int CHUNK_BYTES = CHUNK / GROUP * 3;

    /** Twelve bits for each two characters, or a negative number. */
    private static final short[] PAIRS = pairs();

    private Base64Body() {}

    private static short[] pairs() {
        short[] pairs = new short[1 << 16];
        Arrays.fill(pairs, (short) -1);
        for (int i = 0; i < 1 << 12; i++) {
            pairs[Base64Text.ALPHABET.charAt(i >>> 6) << 8 | Base64Text.ALPHABET.charAt(i & 0x3f)] = (short) i;
        }
        return pairs;
    }

    /**
     * Reads a text with its padding, from the position of a buffer to its limit.
     *
     * @throws IllegalArgumentException if it is not standard padded base64
     */
    static ByteBuffer decode(ByteBuffer text) {
        int from = text.position();
        int to = text.limit();
        while (to > from && text.limit() - to < MAX_PADDING && text.get(to - 1) == '=') {
            to--;
        }
        return decode(text, from, to, text.limit() - to);
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

    /**
     * Reads a range of a buffer.
     *
     * @param padding how much padding follows the range
     * @throws IllegalArgumentException if the range and the padding are not standard padded base64
     */
    static ByteBuffer decode(ByteBuffer text, int from, int to, int padding) {
        return decode(text, from, to, padding, JDK_IS_FAST);
    }

    /** Reads all of it by the table, or chunks of it by the JDK. */
    static ByteBuffer decode(ByteBuffer text, int from, int to, int padding, boolean inChunks) {
        int rest = (to - from) % GROUP;
        if (padding > MAX_PADDING || (rest + padding) % GROUP != 0) {
            throw new IllegalArgumentException(REFUSAL);
        }
        byte[] bytes = new byte[(to - from) / GROUP * 3 + (rest == 0 ? 0 : rest - 1)];
        int at = from;
        int done = 0;
        if (inChunks) {
            int chunks = (to - from) / CHUNK;
            decodeChunks(text, from, bytes, chunks);
            at += chunks * CHUNK;
            done = chunks * CHUNK_BYTES;
        }
        decode(text.order(ByteOrder.BIG_ENDIAN), at, to, bytes, done);
        return ByteBuffer.wrap(bytes);
    }

    /** The JDK only writes to the beginning of an array: so the first chunk comes last, and the others are moved. */
    private static void decodeChunks(ByteBuffer text, int from, byte[] bytes, int chunks) {
        if (chunks == 0) {
            return;
        }
        byte[] chunk = new byte[CHUNK];
        Base64.Decoder decoder = Base64.getDecoder();
        for (int i = chunks - 1; i >= 0; i--) {
            text.get(from + i * CHUNK, chunk);
            if (decoder.decode(chunk, bytes) != CHUNK_BYTES) {
                throw new IllegalArgumentException(REFUSAL);
            }
            System.arraycopy(bytes, 0, bytes, i * CHUNK_BYTES, CHUNK_BYTES);
        }
    }

    private static void decode(ByteBuffer text, int from, int end, byte[] bytes, int begin) {
        int at = from;
        int to = begin;
        long all = 0;
        // Eight bytes are written for six, so this ends before the last ones.
        for (; to + Long.BYTES <= bytes.length; at += 2 * GROUP) {
            long eight = text.getLong(at);
            long bits = (long) PAIRS[(int) (eight >>> 48)] << 36
                    | (long) PAIRS[(int) (eight >>> 32) & 0xffff] << 24
                    | (long) PAIRS[(int) (eight >>> 16) & 0xffff] << 12
                    | PAIRS[(int) eight & 0xffff];
            all |= bits;
            LONGS.set(bytes, to, bits << 16);
            to += BYTES_OF_EIGHT;
        }
        for (; at + GROUP <= end; at += GROUP) {
            int bits = pair(text.get(at), text.get(at + 1)) << 12 | pair(text.get(at + 2), text.get(at + 3));
            all |= bits;
            bytes[to++] = (byte) (bits >>> 16);
            bytes[to++] = (byte) (bits >>> 8);
            bytes[to++] = (byte) bits;
        }
        if (at < end) {
            byte third = at + 2 < end ? text.get(at + 2) : (byte) 'A';
            int bits = pair(text.get(at), text.get(at + 1)) << 12 | pair(third, (byte) 'A');
            all |= bits;
            bytes[to++] = (byte) (bits >>> 16);
            if (to < bytes.length) {
                bytes[to] = (byte) (bits >>> 8);
            }
        }
        if (all < 0) {
            throw new IllegalArgumentException(REFUSAL);
        }
    }

    private static int pair(byte first, byte second) {
        return PAIRS[(first & 0xff) << 8 | (second & 0xff)];
    }
}
