package io.qwenasr.audio;

import java.util.Arrays;
import java.util.Objects;

/**
 * Changes the sample rate of one mono stream, piece by piece.
 *
 * <p>Contract:
 *
 * <ul>
 *   <li>Quality: flat within 0.1 dB from 0 Hz to 90% of the lower of the two Nyquist frequencies (7.2 kHz
 *       for 16 kHz, 3.6 kHz for 8 kHz); what would alias or mirror is at least 60 dB down. A windowed-sinc
 *       polyphase filter with linear phase.
 *   <li>Alignment: output sample <i>n</i> stands for the time <i>n</i>/outputRate of the input; the filter's
 *       delay is taken out. Output lags input by half the filter's length (6 ms from or to 8 kHz, 3 ms from
 *       higher rates to 16 kHz) until {@code finish}.
 *   <li>Length: after {@code finish} there were round(inputSamples * outputRate / inputRate) samples.
 *   <li>Cuts do not matter: the same samples give the same output, bit for bit, however they were divided.
 *   <li>Equal rates: samples pass through unchanged and without lag.
 * </ul>
 *
 * <p>Memory per instance is fixed, a few hundred kilobytes at the usual rates and under 10 MB at any. Not
 * safe for use by several threads at once; one instance serves one stream.
 *
 * <p>Own code because what Maven Central offers does not fit an Apache-2.0 library without native parts:
 * the ports of libresample are LGPL, TarsosDSP is GPL, libswresample is native; and the JDK's own
 * converter has no low-pass, so that a tone above the new Nyquist frequency comes back at full strength.
 *
 * @since 0.1.0
 */
public final class Resampler {

    /** The lowest rate taken, in Hz. */
    public static final int MIN_RATE = 8_000;

    /** The highest rate taken, in Hz. */
    public static final int MAX_RATE = 192_000;

    private static final int BLOCK = 4_096;
    private static final float[] NO_FLOATS = {};
    private static final short[] NO_SHORTS = {};

    private final int inputRate;
    private final int outputRate;

    /** Output sample n lies at n * advance / phases input samples; the fraction is in lowest terms. */
    private final int phases;

    private final int advance;
    private final ResamplingFilter filter;
    private final float[] window;

    private int filled;
    private int start;
    private int phase;
    private long received;
    private long produced;
    private boolean finished;

    private Resampler(int inputRate, int outputRate) {
        this.inputRate = inputRate;
        this.outputRate = outputRate;
        int divisor = gcd(inputRate, outputRate);
        this.phases = outputRate / divisor;
        this.advance = inputRate / divisor;
        this.filter = new ResamplingFilter(inputRate, outputRate, phases);
        this.window = new float[filter.taps() + BLOCK];
        this.filled = filter.half() - 1;
    }

    /**
     * Starts a stream.
     *
     * @param inputRate samples per second that go in, {@value #MIN_RATE} to {@value #MAX_RATE}
     * @param outputRate samples per second that come out, {@value #MIN_RATE} to {@value #MAX_RATE}
     * @return a resampler that has seen nothing yet
     * @throws IllegalArgumentException if a rate is out of range
     */
    public static Resampler create(int inputRate, int outputRate) {
        checkRate("inputRate", inputRate);
        checkRate("outputRate", outputRate);
        return new Resampler(inputRate, outputRate);
    }

    static void checkRate(String name, int rate) {
        if (rate < MIN_RATE || rate > MAX_RATE) {
            throw new IllegalArgumentException(name + " must be " + MIN_RATE + " to " + MAX_RATE + " Hz, not " + rate);
        }
    }

    /**
     * Returns the rate of what goes in.
     *
     * @return samples per second
     */
    public int inputRate() {
        return inputRate;
    }

    /**
     * Returns the rate of what comes out.
     *
     * @return samples per second
     */
    public int outputRate() {
        return outputRate;
    }

    /**
     * Takes the next samples and returns what can be told from all so far.
     *
     * @param samples where they are; any scale, kept as it is
     * @param offset index of the first
     * @param length how many, may be 0
     * @return output samples, a new array, possibly empty
     * @throws IllegalStateException after {@code finish}
     */
    public float[] process(float[] samples, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, samples.length);
        begin();
        received += length;
        if (inputRate == outputRate) {
            produced += length;
            return Arrays.copyOfRange(samples, offset, offset + length);
        }
        float[] output = allocate(length, Long.MAX_VALUE);
        int written = 0;
        for (int done = 0; done < length; ) {
            int block = Math.min(length - done, window.length - filled);
            System.arraycopy(samples, offset + done, window, filled, block);
            done += block;
            written = filter(block, output, written);
        }
        return output;
    }

    /**
     * Takes the next samples and returns what can be told from all so far.
     *
     * @param samples where they are
     * @param offset index of the first
     * @param length how many, may be 0
     * @return output samples, rounded and limited to 16 bits; a new array, possibly empty
     * @throws IllegalStateException after {@code finish}
     */
    public short[] process(short[] samples, int offset, int length) {
        Objects.checkFromIndexSize(offset, length, samples.length);
        float[] exact = new float[length];
        for (int i = 0; i < length; i++) {
            exact[i] = samples[offset + i];
        }
        return toShorts(process(exact, 0, length));
    }

    /**
     * Ends the stream and returns its last samples.
     *
     * @return what was still to come, a new array; empty if called again
     */
    public float[] finish() {
        if (finished || inputRate == outputRate) {
            finished = true;
            return NO_FLOATS;
        }
        finished = true;
        long total = (2 * received * outputRate + inputRate) / (2L * inputRate);
        float[] output = allocate(filter.half(), total - produced);
        int written = 0;
        for (int done = 0; done < filter.half(); ) {
            int block = Math.min(filter.half() - done, window.length - filled);
            Arrays.fill(window, filled, filled + block, 0);
            done += block;
            written = filter(block, output, written);
        }
        return output;
    }

    /**
     * Ends the stream and returns its last samples as {@link #process(short[], int, int)} does.
     *
     * @return what was still to come, a new array; empty if called again
     */
    public short[] finishShorts() {
        return toShorts(finish());
    }

    private void begin() {
        if (finished) {
            throw new IllegalStateException("the stream was finished; create a resampler for each stream");
        }
    }

    /** Room for exactly what {@code length} more samples bring. */
    private float[] allocate(int length, long limit) {
        long reach = ((long) filled + length - filter.taps() + 1 - start) * phases - phase;
        long count = Math.min(limit, reach <= 0 ? 0 : (reach + advance - 1) / advance);
        return count == 0 ? NO_FLOATS : new float[Math.toIntExact(count)];
    }

    private int filter(int added, float[] output, int written) {
        filled += added;
        int next = written;
        while (next < output.length && start + filter.taps() <= filled) {
            output[next++] = filter.apply(window, start, phase, phases);
            phase += advance;
            start += phase / phases;
            phase %= phases;
        }
        produced += next - written;
        System.arraycopy(window, start, window, 0, filled - start);
        filled -= start;
        start = 0;
        return next;
    }

    private static short[] toShorts(float[] samples) {
        if (samples.length == 0) {
            return NO_SHORTS;
        }
        short[] rounded = new short[samples.length];
        for (int i = 0; i < samples.length; i++) {
            rounded[i] = toShort(samples[i]);
        }
        return rounded;
    }

    static short toShort(float sample) {
        return (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, Math.round(sample)));
    }

    private static int gcd(int a, int b) {
        return b == 0 ? a : gcd(b, a % b);
    }
}
