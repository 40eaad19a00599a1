package io.qwenasr.reactor;

import io.qwenasr.reactor.SampleCoding.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The format chunk of a WAV file. */
final class WavFormat {

    private static final int PCM = 1;
    private static final int FLOAT = 3;
    private static final int A_LAW = 6;
    private static final int MU_LAW = 7;
    private static final int EXTENSIBLE = 0xFFFE;

    private static final int LEAST_BYTES = 16;
    private static final int EXTENSIBLE_BYTES = 40;
    private static final int SUB_FORMAT = 24;

    /** An extensible format's identifier that is but a tag: 0000xxxx-0000-0010-8000-00AA00389B71. */
    private static final int TAG_MIDDLE = 0x0010;

    private static final long TAG_LOWER = 0x8000_00AA_0038_9B71L;

    private WavFormat() {}

    static AudioHeader read(ByteBuffer chunk, AudioErrors errors) {
        if (chunk.limit() < LEAST_BYTES) {
            throw errors.unsupported("format chunk of " + chunk.limit() + " bytes");
        }
        int channels = chunk.getShort(2) & 0xFFFF;
        int bits = chunk.getShort(14) & 0xFFFF;
        SampleCoding coding = coding(tag(chunk, errors), bits, chunk.order(), errors);
        AudioHeader header = AudioHeader.of(coding, channels, HeaderReader.unsigned(chunk, 4), errors);
        int frameBytes = chunk.getShort(12) & 0xFFFF;
        boolean wider = coding.kind() == Kind.SIGNED
                && frameBytes % channels == 0
                && frameBytes > header.frameBytes()
                && frameBytes <= channels * Integer.BYTES;
        if (!wider) {
            return header;
        }
        SampleCoding inWiderOnes = SampleCoding.signed(frameBytes / channels * Byte.SIZE, coding.order());
        return new AudioHeader(inWiderOnes, channels, header.sampleRate(), header.bytes());
    }

    private static int tag(ByteBuffer chunk, AudioErrors errors) {
        int tag = chunk.getShort(0) & 0xFFFF;
        if (tag != EXTENSIBLE || chunk.limit() < EXTENSIBLE_BYTES) {
            return tag;
        }
        int first = chunk.getInt(SUB_FORMAT);
        int second = chunk.getShort(SUB_FORMAT + 4) & 0xFFFF;
        int third = chunk.getShort(SUB_FORMAT + 6) & 0xFFFF;
        // These are single bytes, whatever the order of the numbers before them.
        long rest = chunk.duplicate().order(ByteOrder.BIG_ENDIAN).getLong(SUB_FORMAT + Long.BYTES);
        if (first >>> Short.SIZE != 0 || second != 0 || third != TAG_MIDDLE || rest != TAG_LOWER) {
            throw errors.unsupported(
                    String.format("coding, WAV subformat %08x-%04x-%04x-%016x,", first, second, third, rest));
        }
        return first;
    }

    private static SampleCoding coding(int tag, int bits, ByteOrder order, AudioErrors errors) {
        if (tag == PCM && bits >= 1 && bits <= Byte.SIZE) {
            return new SampleCoding(Kind.UNSIGNED, 1, order);
        }
        if (tag == PCM && bits > Byte.SIZE && bits <= Integer.SIZE) {
            return SampleCoding.signed(bits, order);
        }
        if (tag == FLOAT && (bits == Float.SIZE || bits == Double.SIZE)) {
            return SampleCoding.floats(bits, order);
        }
        if (tag == MU_LAW || tag == A_LAW) {
            return SampleCoding.law(tag == MU_LAW ? Kind.MU_LAW : Kind.A_LAW);
        }
        throw errors.unsupported(String.format("coding, WAV format 0x%04x with %d bits,", tag, bits));
    }
}
