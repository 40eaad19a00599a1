package io.qwenasr.audio;

/**
 * The coefficients of a Kaiser-windowed sinc low-pass, one row per position of an output sample between
 * two input samples.
 *
 * <p>A pair of rates whose ratio needs more than {@value #MAX_PHASES} rows gets that many, and what lies
 * between two rows is interpolated; its error is under -100 dB, well below the filter's own stop-band.
 */
final class ResamplingFilter {

    /** Pass-band edge as a share of the lower Nyquist frequency, which is where the stop-band begins. */
    static final double PASS_BAND = 0.9;

    private static final double ATTENUATION_DB = 80;
    private static final double KAISER_BETA = 0.1102 * (ATTENUATION_DB - 8.7);
    private static final double KAISER_PEAK = besselI0(KAISER_BETA);
    private static final int MAX_PHASES = 1024;

    private final int half;
    private final float[][] rows;

    /**
     * Designs the filter.
     *
     * @param inputRate in Hz
     * @param outputRate in Hz
     * @param phases distinct positions that output samples take between input samples
     */
    ResamplingFilter(int inputRate, int outputRate, int phases) {
        double nyquist = Math.min(inputRate, outputRate) / 2.0;
        double transition = nyquist * (1 - PASS_BAND) / inputRate;
        double cutoff = nyquist * (1 + PASS_BAND) / 2 / inputRate;
        this.half = (int) Math.ceil((ATTENUATION_DB - 7.95) / (14.36 * transition) / 2);
        int steps = Math.min(phases, MAX_PHASES);
        this.rows = new float[steps + 1][];
        for (int step = 0; step <= steps; step++) {
            rows[step] = 2 * step <= steps ? row((double) step / steps, cutoff) : reversed(rows[steps - step]);
        }
    }

    /** Input samples on each side of an output sample that it depends on. */
    int half() {
        return half;
    }

    int taps() {
        return 2 * half;
    }

    /**
     * One output sample.
     *
     * @param samples the input
     * @param start index of the first of the {@link #taps} input samples
     * @param phase position after the middle sample, in units of {@code 1/phases} input samples
     * @param phases as given to the constructor
     */
    float apply(float[] samples, int start, int phase, int phases) {
        int steps = rows.length - 1;
        long scaled = (long) phase * steps;
        int step = (int) (scaled / phases);
        long rest = scaled % phases;
        if (rest == 0) {
            return dot(rows[step], samples, start);
        }
        float weight = (float) rest / phases;
        return dot(rows[step], samples, start) * (1 - weight) + dot(rows[step + 1], samples, start) * weight;
    }

    private float[] row(double fraction, double cutoff) {
        double[] exact = new double[taps()];
        double sum = 0;
        for (int k = 0; k < exact.length; k++) {
            double t = k - (half - 1) - fraction;
            exact[k] = sinc(2 * cutoff * t) * kaiser(t / half);
            sum += exact[k];
        }
        // Unity gain at 0 Hz in every row, or a constant would come out with a faint tone on it.
        float[] row = new float[exact.length];
        for (int k = 0; k < row.length; k++) {
            row[k] = (float) (exact[k] / sum);
        }
        return row;
    }

    private static float[] reversed(float[] row) {
        float[] reversed = new float[row.length];
        for (int k = 0; k < row.length; k++) {
            reversed[k] = row[row.length - 1 - k];
        }
        return reversed;
    }

    /** Four sums in a fixed order: quicker than one, and the same result on every run. */
    private static float dot(float[] row, float[] samples, int start) {
        float a = 0;
        float b = 0;
        float c = 0;
        float d = 0;
        int k = 0;
        for (; k <= row.length - 4; k += 4) {
            a += row[k] * samples[start + k];
            b += row[k + 1] * samples[start + k + 1];
            c += row[k + 2] * samples[start + k + 2];
            d += row[k + 3] * samples[start + k + 3];
        }
        for (; k < row.length; k++) {
            a += row[k] * samples[start + k];
        }
        return a + b + (c + d);
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
    }

    private static double kaiser(double x) {
        return besselI0(KAISER_BETA * Math.sqrt(Math.max(0, 1 - x * x))) / KAISER_PEAK;
    }

    private static double besselI0(double x) {
        double sum = 1;
        double term = 1;
        for (int k = 1; term > sum * 1e-12; k++) {
            term *= (x / (2 * k)) * (x / (2 * k));
            sum += term;
        }
        return sum;
    }
}
