package io.qwenasr.samples.localengine;

import java.util.Random;

/**
 * Adds faint Gaussian noise, without which the acoustic model fails on digital silence. The same noise for
 * every utterance, so that the same audio always gives the same words.
 */
final class Dither {

    private static final long SEED = 20261122;
    private static final double DEVIATION = 2;

    private final Random random = new Random(SEED);

    void apply(short[] samples, int length) {
        for (int i = 0; i < length; i++) {
            long noisy = Math.round(samples[i] + DEVIATION * random.nextGaussian());
            samples[i] = (short) Math.max(Short.MIN_VALUE, Math.min(Short.MAX_VALUE, noisy));
        }
    }
}
