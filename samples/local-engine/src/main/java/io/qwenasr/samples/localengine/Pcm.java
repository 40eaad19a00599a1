package io.qwenasr.samples.localengine;

import java.time.Duration;

/** The audio the models take: 16-bit samples at 16 kHz. */
final class Pcm {

    static final int RATE = 16_000;

    private static final long NANOS_PER_SAMPLE = 1_000_000_000L / RATE;

    private Pcm() {}

    static Duration duration(long samples) {
        return Duration.ofNanos(samples * NANOS_PER_SAMPLE);
    }

    static long samples(Duration duration) {
        return duration.toNanos() / NANOS_PER_SAMPLE;
    }
}
