package io.qwenasr.samples.benchmarks.peer;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * About the least that a valid append can cost: one buffer, written once and block by block, base64 by whichever of the JDK's encoder
 * and a table is faster here, a mask key of its own from a cryptographic source. It knows arrays of one length only,
 * of 100 to 48,000 bytes, and makes no event ids. Used by one thread at a time.
 */
public final class FusedAppend {

    private static final int HEADER = 8;
    private static final int BLOCK = 768;

    // Of a multiple of 8 bytes, so that the mask begins anew with the base64.
    private static final byte[] PREFIX =
            "{\"event_id\":\"event_1234\",\"type\":\"input_audio_buffer.append\",\"audio\":   \"".getBytes(US_ASCII);
    private static final byte[] SUFFIX = "\"}".getBytes(US_ASCII);

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final char[] PAIRS = pairs();

    private final SecureRandom random = new SecureRandom();
    private final byte[] randomBytes = new byte[4_096];
    private final ByteBuffer keys = ByteBuffer.wrap(randomBytes).position(randomBytes.length);
    private final int audioBytes;
    private final int textBytes;
    private final byte[] block = new byte[BLOCK];
    private final byte[] text = new byte[BLOCK / 3 * 4];
    private final int payload;
    private final boolean table;

    public FusedAppend(int audioBytes) {
        this(audioBytes, TableIsFaster.HERE);
    }

    FusedAppend(int audioBytes, boolean table) {
        this.audioBytes = audioBytes;
        this.textBytes = (audioBytes + 2) / 3 * 4;
        this.payload = PREFIX.length + textBytes + SUFFIX.length;
        this.table = table;
    }

    /** Returns a whole masked text frame. */
    public ByteBuf encode(byte[] pcm, ByteBufAllocator alloc) {
        ByteBuf out = alloc.directBuffer(HEADER + payload);
        write(pcm, out);
        return out;
    }

    private void write(byte[] pcm, ByteBuf out) {
        int key = nextKey();
        long mask = (long) key << 32 | (key & 0xffffffffL);
        out.setShort(0, 0x81fe).setShort(2, payload).setInt(4, key);
        for (int i = 0; i < PREFIX.length; i += Long.BYTES) {
            out.setLong(HEADER + i, (long) LONGS.get(PREFIX, i) ^ mask);
        }
        int at = HEADER + PREFIX.length;
        if (table) {
            byTable(pcm, 0, out, at, mask);
        } else {
            byJdk(pcm, out, at, mask);
        }
        at += textBytes;
        for (int i = 0; i < SUFFIX.length; i++) {
            out.setByte(at + i, SUFFIX[i] ^ maskAt(mask, textBytes + i));
        }
        out.writerIndex(HEADER + payload);
    }

    private int nextKey() {
        if (!keys.hasRemaining()) {
            random.nextBytes(randomBytes);
            keys.clear();
        }
        return keys.getInt();
    }

    private void byJdk(byte[] pcm, ByteBuf out, int at, long mask) {
        int i = 0;
        int to = at;
        for (; i + BLOCK <= audioBytes; i += BLOCK) {
            System.arraycopy(pcm, i, block, 0, BLOCK);
            Base64.getEncoder().encode(block, text);
            mask(text, mask);
            out.setBytes(to, text);
            to += text.length;
        }
        byTable(pcm, i, out, to, mask);
    }

    private static void mask(byte[] bytes, long mask) {
        for (int i = 0; i < bytes.length; i += Long.BYTES) {
            LONGS.set(bytes, i, (long) LONGS.get(bytes, i) ^ mask);
        }
    }

    private void byTable(byte[] pcm, int from, ByteBuf out, int at, long mask) {
        int i = from;
        int to = at;
        for (; i + Long.BYTES <= audioBytes; i += 6) {
            long bits = (long) LONGS.get(pcm, i);
            long text = (long) PAIRS[(int) (bits >>> 52)] << 48
                    | (long) PAIRS[(int) (bits >>> 40) & 0xfff] << 32
                    | (long) PAIRS[(int) (bits >>> 28) & 0xfff] << 16
                    | PAIRS[(int) (bits >>> 16) & 0xfff];
            out.setLong(to, text ^ mask);
            to += Long.BYTES;
        }
        byte[] rest = Base64.getEncoder().encode(Arrays.copyOfRange(pcm, i, audioBytes));
        for (int j = 0; j < rest.length; j++) {
            out.setByte(to + j, rest[j] ^ maskAt(mask, to - at + j));
        }
    }

    private static byte maskAt(long mask, int index) {
        return (byte) (mask >>> (56 - (index & 7) * 8));
    }

    private static char[] pairs() {
        byte[] alphabet = new byte[64];
        for (int i = 0; i < 64; i++) {
            alphabet[i] = Base64.getEncoder().encode(new byte[] {(byte) (i << 2), 0, 0})[0];
        }
        char[] pairs = new char[1 << 12];
        for (int i = 0; i < pairs.length; i++) {
            pairs[i] = (char) (alphabet[i >>> 6] << 8 | alphabet[i & 0x3f]);
        }
        return pairs;
    }

    /** Measured once in each JVM, since it depends on its version and on the processor. */
    private static final class TableIsFaster {

        private static final int ROUNDS = 200;
        private static final int EACH = 500;

        static final boolean HERE = measure();

        private static boolean measure() {
            FusedAppend table = new FusedAppend(Audio.APPEND_BYTES, true);
            FusedAppend jdk = new FusedAppend(Audio.APPEND_BYTES, false);
            byte[] pcm = Audio.noise(1);
            ByteBuf out = Unpooled.directBuffer(2 * Audio.APPEND_BYTES);
            long bestOfTable = Long.MAX_VALUE;
            long bestOfJdk = Long.MAX_VALUE;
            for (int round = 0; round < ROUNDS; round++) {
                bestOfTable = Math.min(bestOfTable, time(table, pcm, out));
                bestOfJdk = Math.min(bestOfJdk, time(jdk, pcm, out));
            }
            out.release();
            return bestOfTable < bestOfJdk;
        }

        private static long time(FusedAppend append, byte[] pcm, ByteBuf out) {
            long start = System.nanoTime();
            for (int i = 0; i < EACH; i++) {
                append.write(pcm, out);
            }
            return System.nanoTime() - start;
        }
    }
}
