package io.qwenasr.reactor;

/** The telephone's codings, ITU-T G.711: 14 and 13 bits in 8, given in the upper bits of 16. */
final class G711 {

    private static final int SEGMENT_SHIFT = 4;
    private static final int STEP = 0x0F;
    private static final int SEGMENT = 0x07;
    private static final int SIGN = 0x80;
    private static final int MU_LAW_BIAS = 33;
    private static final int A_LAW_EVEN_BITS = 0x55;

    private G711() {}

    static short muLaw(byte code) {
        int bits = ~code;
        int magnitude = ((2 * (bits & STEP) + MU_LAW_BIAS) << (bits >> SEGMENT_SHIFT & SEGMENT)) - MU_LAW_BIAS;
        return (short) ((bits & SIGN) != 0 ? -magnitude << 2 : magnitude << 2);
    }

    static short aLaw(byte code) {
        int bits = code ^ A_LAW_EVEN_BITS;
        int segment = bits >> SEGMENT_SHIFT & SEGMENT;
        int magnitude = 2 * (bits & STEP) + 1;
        if (segment > 0) {
            magnitude = (magnitude + 32) << (segment - 1);
        }
        return (short) ((bits & SIGN) != 0 ? magnitude << 3 : -magnitude << 3);
    }
}
