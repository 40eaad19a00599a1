package io.qwenasr.reactor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How one sample is stored, and what it is in 16 bits.
 *
 * <p>Wider samples are rounded to the nearest and limited, narrower ones widened exactly. Own code because the
 * JDK's converters are not exact: they truncate (half of all 24 and 32-bit samples are off by one), stretch 8 bits
 * by 32767/127, and let float samples beyond full scale wrap around.
 *
 * @param kind of number
 * @param bytes of one sample: 1 to 4, for floats 4 or 8; narrower integers fill its upper bits
 * @param order of the bytes
 */
record SampleCoding(Kind kind, int bytes, ByteOrder order) {

    enum Kind {
        UNSIGNED,
        SIGNED,
        FLOAT,
        MU_LAW,
        A_LAW
    }

    private static final double FULL_SCALE = 32_768;

    static SampleCoding signed(int bits, ByteOrder order) {
        return new SampleCoding(Kind.SIGNED, (bits + 7) / 8, order);
    }

    static SampleCoding floats(int bits, ByteOrder order) {
        return new SampleCoding(Kind.FLOAT, bits / 8, order);
    }

    static SampleCoding law(Kind kind) {
        return new SampleCoding(kind, 1, ByteOrder.BIG_ENDIAN);
    }

    /**
     * Decodes one sample.
     *
     * @param from where it is, in this coding's byte order
     * @param at index of its first byte
     */
    short decode(ByteBuffer from, int at) {
        return switch (kind) {
            case MU_LAW -> G711.muLaw(from.get(at));
            case A_LAW -> G711.aLaw(from.get(at));
            case FLOAT -> limited(Math.round((bytes == 8 ? from.getDouble(at) : from.getFloat(at)) * FULL_SCALE));
            case SIGNED -> rounded(integer(from, at));
            case UNSIGNED -> rounded(integer(from, at) ^ Integer.MIN_VALUE);
        };
    }

    /** The integer in the upper bits. */
    private int integer(ByteBuffer from, int at) {
        return switch (bytes) {
            case 1 -> from.get(at) << 24;
            case 2 -> from.getShort(at) << 16;
            case 3 -> {
                boolean big = order == ByteOrder.BIG_ENDIAN;
                yield from.getShort(big ? at : at + 1) << 16 | (from.get(big ? at + 2 : at) & 0xFF) << 8;
            }
            default -> from.getInt(at);
        };
    }

    private static short rounded(int wide) {
        return limited((wide + 0x8000L) >> 16);
    }

    private static short limited(long sample) {
        return (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, sample));
    }
}
