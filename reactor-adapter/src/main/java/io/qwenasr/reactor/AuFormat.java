package io.qwenasr.reactor;

import io.qwenasr.reactor.SampleCoding.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The header of an AU file. */
final class AuFormat {

    static final int HEADER_BYTES = 24;

    private static final int SIZE = 8;
    private static final long UNKNOWN_SIZE = 0xFFFF_FFFFL;

    private AuFormat() {}

    static AudioHeader read(ByteBuffer header, AudioErrors errors) {
        long channels = HeaderReader.unsigned(header, 20);
        AudioHeader format = AudioHeader.of(
                coding(HeaderReader.unsigned(header, 12), errors),
                (int) Math.min(channels, Integer.MAX_VALUE),
                HeaderReader.unsigned(header, 16),
                errors);
        long size = HeaderReader.unsigned(header, SIZE);
        // Nothing can follow the samples of an AU file, so a length of zero before some was left open, too.
        return size == 0 || size == UNKNOWN_SIZE ? format : format.withBytes(size);
    }

    /** Returns where the samples begin. */
    static long offset(ByteBuffer header, AudioErrors errors) {
        long offset = HeaderReader.unsigned(header, 4);
        if (offset < HEADER_BYTES) {
            throw errors.unsupported("header length of " + offset + " bytes");
        }
        return offset;
    }

    private static SampleCoding coding(long encoding, AudioErrors errors) {
        return switch ((int) encoding) {
            case 1 -> SampleCoding.law(Kind.MU_LAW);
            case 2, 3, 4, 5 -> SampleCoding.signed((int) (encoding - 1) * Byte.SIZE, ByteOrder.BIG_ENDIAN);
            case 6 -> SampleCoding.floats(Float.SIZE, ByteOrder.BIG_ENDIAN);
            case 7 -> SampleCoding.floats(Double.SIZE, ByteOrder.BIG_ENDIAN);
            case 27 -> SampleCoding.law(Kind.A_LAW);
            default -> throw errors.unsupported("coding, AU encoding " + encoding + ",");
        };
    }
}
