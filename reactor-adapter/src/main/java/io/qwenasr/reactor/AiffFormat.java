package io.qwenasr.reactor;

import io.qwenasr.reactor.SampleCoding.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The common chunk of an AIFF or AIFF-C file. */
final class AiffFormat {

    private static final int LEAST_BYTES = 18;
    private static final int COMPRESSION = 18;
    private static final int MANTISSA_BITS = 63;
    private static final int EXPONENT_BIAS = 16_383;

    private AiffFormat() {}

    static AudioHeader read(ByteBuffer chunk, boolean aifc, AudioErrors errors) {
        int least = aifc ? COMPRESSION + 4 : LEAST_BYTES;
        if (chunk.limit() < least) {
            throw errors.unsupported("common chunk of " + chunk.limit() + " bytes");
        }
        int bits = chunk.getShort(6) & 0xFFFF;
        String compression = aifc ? HeaderReader.text(chunk, COMPRESSION, 4) : "NONE";
        return AudioHeader.of(
                coding(compression, bits, errors), chunk.getShort(0) & 0xFFFF, Math.round(extended(chunk, 8)), errors);
    }

    private static SampleCoding coding(String compression, int bits, AudioErrors errors) {
        return switch (compression) {
            case "fl32", "FL32" -> SampleCoding.floats(Float.SIZE, ByteOrder.BIG_ENDIAN);
            case "fl64", "FL64" -> SampleCoding.floats(Double.SIZE, ByteOrder.BIG_ENDIAN);
            case "ulaw", "ULAW" -> SampleCoding.law(Kind.MU_LAW);
            case "alaw", "ALAW" -> SampleCoding.law(Kind.A_LAW);
            case "in24" -> SampleCoding.signed(24, ByteOrder.BIG_ENDIAN);
            case "in32" -> SampleCoding.signed(32, ByteOrder.BIG_ENDIAN);
            case "NONE", "twos", "sowt", "raw " -> {
                if (bits < 1 || bits > Integer.SIZE) {
                    throw errors.unsupported("number of bits, " + bits + ",");
                }
                SampleCoding signed = SampleCoding.signed(
                        bits, compression.equals("sowt") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
                yield compression.equals("raw ")
                        ? new SampleCoding(Kind.UNSIGNED, signed.bytes(), signed.order())
                        : signed;
            }
            default -> throw errors.unsupported("coding, AIFF-C " + compression + ",");
        };
    }

    /** A number of 80 bits: sign, exponent and a mantissa whose leading one is written out. */
    private static double extended(ByteBuffer chunk, int at) {
        int exponent = chunk.getShort(at) - EXPONENT_BIAS - MANTISSA_BITS;
        double mantissa = (double) (chunk.getLong(at + 2) >>> 1) * 2;
        return Math.scalb(mantissa, exponent);
    }
}
