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

    /** What follows the tag in an extensible format's identifier that is but a tag: 0000-0010-8000-00AA00389B71. */
    private static final long TAG_UPPER = 0x0010_0000_0000L;

    private static final long TAG_LOWER = 0x719B_3800_AA00_0080L;

    private WavFormat() {}

    static AudioHeader read(ByteBuffer chunk, AudioErrors errors) {
        if (chunk.limit() < LEAST_BYTES) {
            throw errors.unsupported("format chunk of " + chunk.limit() + " bytes");
        }
        int channels = chunk.getShort(2) & 0xFFFF;
        int bits = chunk.getShort(14) & 0xFFFF;
        SampleCoding coding = coding(tag(chunk, errors), bits, errors);
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
        long upper = chunk.getLong(SUB_FORMAT);
        long lower = chunk.getLong(SUB_FORMAT + Long.BYTES);
        if (upper >>> Short.SIZE != TAG_UPPER || lower != TAG_LOWER) {
            throw errors.unsupported(String.format("coding, WAV subformat %016x%016x,", lower, upper));
        }
        return chunk.getShort(SUB_FORMAT) & 0xFFFF;
    }

    private static SampleCoding coding(int tag, int bits, AudioErrors errors) {
        if (tag == PCM && bits >= 1 && bits <= Byte.SIZE) {
            return new SampleCoding(Kind.UNSIGNED, 1, ByteOrder.LITTLE_ENDIAN);
        }
        if (tag == PCM && bits > Byte.SIZE && bits <= Integer.SIZE) {
            return SampleCoding.signed(bits, ByteOrder.LITTLE_ENDIAN);
        }
        if (tag == FLOAT && (bits == Float.SIZE || bits == Double.SIZE)) {
            return SampleCoding.floats(bits, ByteOrder.LITTLE_ENDIAN);
        }
        if (tag == MU_LAW || tag == A_LAW) {
            return SampleCoding.law(tag == MU_LAW ? Kind.MU_LAW : Kind.A_LAW);
        }
        throw errors.unsupported(String.format("coding, WAV format 0x%04x with %d bits,", tag, bits));
    }
}
