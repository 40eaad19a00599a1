package io.qwenasr.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ResamplerTest {

    private static final double RIPPLE_DB = 0.1;
    private static final double REJECTION_DB = -60;

    /** The usual rates, and some that share no large divisor with the target. */
    static Stream<Arguments> ratePairs() {
        return IntStream.of(8_000, 11_025, 16_000, 22_050, 22_255, 24_000, 32_000, 44_100, 44_101, 48_000, 192_000)
                .boxed()
                .flatMap(from ->
                        Stream.of(8_000, 16_000).filter(to -> !to.equals(from)).map(to -> Arguments.of(from, to)));
    }

    @ParameterizedTest
    @MethodSource("ratePairs")
    void passBandIsFlatAndAligned(int from, int to) {
        double edge = 0.9 * Math.min(from, to) / 2;
        double worstRipple = 0;
        double worstDelay = 0;
        for (double frequency : sweep(20, edge)) {
            Fit fit = Fit.of(resampledSine(from, to, frequency), frequency, to);
            worstRipple = Math.max(worstRipple, Math.abs(decibels(fit.amplitude())));
            worstDelay = Math.max(worstDelay, Math.abs(fit.delaySeconds()));
        }
        System.out.printf(
                "%d -> %d Hz: ripple %.4f dB to %.0f Hz, delay %.3f us%n",
                from, to, worstRipple, edge, worstDelay * 1e6);
        assertThat(worstRipple).isLessThan(RIPPLE_DB);
        assertThat(worstDelay).as("delay in seconds").isLessThan(1e-7);
    }

    @ParameterizedTest
    @MethodSource("ratePairs")
    void aliasesAndImagesAreRejected(int from, int to) {
        double lowNyquist = Math.min(from, to) / 2.0;
        double worst = Double.NEGATIVE_INFINITY;
        for (double frequency : sweep(20, lowNyquist * 0.999)) {
            worst = Math.max(
                    worst,
                    Fit.of(resampledSine(from, to, frequency), frequency, to).residualDecibels());
        }
        double worstStop = Double.NEGATIVE_INFINITY;
        if (from > to) {
            for (double frequency : sweep(lowNyquist, from / 2.0)) {
                worstStop = Math.max(worstStop, levelDecibels(resampledSine(from, to, frequency)));
            }
        }
        System.out.printf(
                "%d -> %d Hz: images and noise %.1f dB, stop-band from %.0f Hz %.1f dB%n",
                from, to, worst, lowNyquist, worstStop);
        assertThat(worst).isLessThan(REJECTION_DB);
        assertThat(worstStop).isLessThan(REJECTION_DB);
    }

    @ParameterizedTest
    @MethodSource("ratePairs")
    void lengthFollowsFromTheRates(int from, int to) {
        for (int length : new int[] {0, 1, 2, 3, 10, 99, 100, 101, 1_000, 4_095, 4_096, 4_097, 9_999, 20_011}) {
            Resampler resampler = Resampler.create(from, to);
            int produced = resampler.process(new short[length], 0, length).length + resampler.finishShorts().length;
            assertThat(produced).as("%d samples", length).isEqualTo((int) Math.round((double) length * to / from));
        }
    }

    @ParameterizedTest
    @MethodSource("ratePairs")
    void cutsDoNotMatter(int from, int to) {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        float[] input = new float[12_000];
        for (int i = 0; i < input.length; i++) {
            input[i] = random.nextInt(65_536) - 32_768;
        }
        Resampler whole = Resampler.create(from, to);
        float[] expected = concat(whole.process(input, 0, input.length), whole.finish());

        Resampler cut = Resampler.create(from, to);
        float[] actual = {};
        for (int position = 0; position < input.length; ) {
            int length =
                    Math.min(input.length - position, random.nextBoolean() ? random.nextInt(4) : random.nextInt(3_000));
            actual = concat(actual, cut.process(input, position, length));
            position += length;
        }
        actual = concat(actual, cut.finish());

        assertThat(actual).as("seed %d", seed).containsExactly(expected);
    }

    @ParameterizedTest
    @MethodSource("ratePairs")
    void impulseKeepsItsPlaceAndAConstantItsLevel(int from, int to) {
        float[] impulse = new float[from];
        int place = from / 2;
        impulse[place] = 1;
        float[] output = resample(Resampler.create(from, to), impulse);
        int peak = IntStream.range(0, output.length)
                .reduce((a, b) -> output[b] > output[a] ? b : a)
                .orElseThrow();
        assertThat((double) peak / to).isCloseTo((double) place / from, within(0.5 / to + 1e-9));

        float[] constant = new float[from / 4];
        Arrays.fill(constant, 12_345);
        float[] level = resample(Resampler.create(from, to), constant);
        for (int i = level.length / 3; i < 2 * level.length / 3; i++) {
            assertThat(level[i]).isCloseTo(12_345, within(0.05f));
        }
    }

    @Test
    void equalRatesPassSamplesUnchangedAtOnce() {
        short[] samples = {1, -2, Short.MAX_VALUE, Short.MIN_VALUE, 5};
        Resampler resampler = Resampler.create(16_000, 16_000);
        assertThat(resampler.process(samples, 1, 3)).containsExactly(-2, Short.MAX_VALUE, Short.MIN_VALUE);
        assertThat(resampler.finishShorts()).isEmpty();
    }

    @Test
    void overshootIsLimitedInsteadOfWrapping() {
        short[] square = new short[4_000];
        for (int i = 0; i < square.length; i++) {
            square[i] = i / 40 % 2 == 0 ? Short.MAX_VALUE : Short.MIN_VALUE;
        }
        short[] output = Resampler.create(8_000, 16_000).process(square, 0, square.length);
        for (int i = 200; i < output.length - 1; i++) {
            // 80 samples per half wave: the middle of each must hold its sign.
            if (i % 80 > 10 && i % 80 < 70) {
                assertThat(output[i] > 0).as("sample %d = %d", i, output[i]).isEqualTo(i / 80 % 2 == 0);
            }
        }
        assertThat(output).contains(Short.MAX_VALUE, Short.MIN_VALUE);
    }

    @ParameterizedTest
    @CsvSource({"7999,16000", "192001,16000", "16000,7999", "0,8000", "-1,8000", "16000,200000"})
    void ratesOutOfRangeAreRefused(int from, int to) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Resampler.create(from, to))
                .withMessageContaining("8000 to 192000");
    }

    @Test
    void nothingIsTakenAfterTheEnd() {
        Resampler resampler = Resampler.create(8_000, 16_000);
        resampler.process(new short[100], 0, 100);
        assertThat(resampler.finish()).isNotEmpty();
        assertThat(resampler.finish()).isEmpty();
        assertThatIllegalStateException().isThrownBy(() -> resampler.process(new short[1], 0, 1));
    }

    private static double[] sweep(double low, double high) {
        int points = 16;
        return IntStream.rangeClosed(0, points)
                .mapToDouble(i -> low + (high - low) * i / points)
                .toArray();
    }

    /** An eighth of a second of a sine of amplitude 1, without the ends, where the filter sees silence. */
    private static Output resampledSine(int from, int to, double frequency) {
        float[] input = new float[from / 8];
        for (int i = 0; i < input.length; i++) {
            input[i] = (float) Math.sin(2 * Math.PI * frequency * i / from);
        }
        float[] output = resample(Resampler.create(from, to), input);
        int skip = to / 50;
        return new Output(Arrays.copyOfRange(output, skip, output.length - skip), skip);
    }

    private static float[] resample(Resampler resampler, float[] input) {
        return concat(resampler.process(input, 0, input.length), resampler.finish());
    }

    private static float[] concat(float[] a, float[] b) {
        float[] both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }

    private static double decibels(double amplitude) {
        return 20 * Math.log10(amplitude);
    }

    private static double levelDecibels(Output output) {
        double energy = 0;
        for (float sample : output.samples()) {
            energy += (double) sample * sample;
        }
        return decibels(Math.sqrt(2 * energy / output.samples().length) + 1e-12);
    }

    /** What came out, from its sample number {@code firstIndex} on. */
    private static final class Output {
        private final float[] samples;
        private final int firstIndex;

        Output(float[] samples, int firstIndex) {
            this.samples = samples;
            this.firstIndex = firstIndex;
        }

        float[] samples() {
            return samples;
        }

        int firstIndex() {
            return firstIndex;
        }
    }

    /** Least-squares fit of a sine of known frequency. */
    private record Fit(double amplitude, double delaySeconds, double residualDecibels) {

        static Fit of(Output output, double frequency, int rate) {
            double ss = 0;
            double cc = 0;
            double sc = 0;
            double sy = 0;
            double cy = 0;
            double omega = 2 * Math.PI * frequency / rate;
            for (int i = 0; i < output.samples().length; i++) {
                double s = Math.sin(omega * (i + output.firstIndex()));
                double c = Math.cos(omega * (i + output.firstIndex()));
                ss += s * s;
                cc += c * c;
                sc += s * c;
                sy += s * output.samples()[i];
                cy += c * output.samples()[i];
            }
            double determinant = ss * cc - sc * sc;
            double a = (sy * cc - cy * sc) / determinant;
            double b = (cy * ss - sy * sc) / determinant;
            double residual = 0;
            for (int i = 0; i < output.samples().length; i++) {
                double angle = omega * (i + output.firstIndex());
                double rest = output.samples()[i] - a * Math.sin(angle) - b * Math.cos(angle);
                residual += rest * rest;
            }
            return new Fit(
                    Math.hypot(a, b),
                    Math.atan2(-b, a) / (2 * Math.PI * frequency),
                    decibels(Math.sqrt(2 * residual / output.samples().length) + 1e-12));
        }
    }
}
