package io.qwenasr;

import java.time.Duration;
import java.util.Objects;

/**
 * Encoding and sample rate of a session's audio; always mono.
 *
 * @param encoding how the samples are coded
 * @param sampleRate samples per second: 8000 or 16000, the two rates the service takes
 * @since 0.1.0
 */
public record AudioFormat(Encoding encoding, int sampleRate) {

    /** 16-bit little-endian PCM at 16 kHz, the service's default. */
    public static final AudioFormat PCM_16K = new AudioFormat(Encoding.PCM, 16_000);

    /** 16-bit little-endian PCM at 8 kHz, as on the telephone. The service upsamples it. */
    public static final AudioFormat PCM_8K = new AudioFormat(Encoding.PCM, 8_000);

    private static final int BYTES_PER_SAMPLE = 2;

    /**
     * How samples are coded.
     *
     * @since 0.1.0
     */
    public enum Encoding {
        /** 16-bit signed little-endian PCM. */
        PCM("pcm"),
        /**
         * Opus packets, which are passed through as given: one chunk becomes one append. Nothing here encodes
         * Opus. How the service wants packets framed (bare or in Ogg, one or several an append) is
         * undocumented and was not tried against it, so what an encoder makes could not be verified either.
         */
        OPUS("opus");

        private final String wireName;

        Encoding(String wireName) {
            this.wireName = wireName;
        }

        /**
         * Returns the name used in {@code input_audio_format}.
         *
         * @return {@code pcm} or {@code opus}
         */
        public String wireName() {
            return wireName;
        }
    }

    /** Refuses rates that the service does not take. */
    public AudioFormat {
        Objects.requireNonNull(encoding, "encoding");
        if (sampleRate != 8_000 && sampleRate != 16_000) {
            throw new IllegalArgumentException("sampleRate must be 8000 or 16000 Hz, not " + sampleRate);
        }
    }

    /**
     * Tells how much time a number of PCM bytes takes.
     *
     * @param bytes a number of audio bytes, at least 0
     * @return the playing time, rounded down to a nanosecond; zero for Opus, whose length in time cannot
     *     be told from its bytes
     */
    public Duration durationOf(long bytes) {
        if (encoding != Encoding.PCM) {
            return Duration.ZERO;
        }
        long samples = bytes / BYTES_PER_SAMPLE;
        return Duration.ofSeconds(samples / sampleRate, samples % sampleRate * 1_000_000_000L / sampleRate);
    }

    /**
     * Tells how many PCM bytes fill a time, always whole samples.
     *
     * @param duration a playing time, not negative
     * @return the number of bytes, rounded down to whole samples
     * @throws IllegalStateException for Opus
     */
    public long bytesIn(Duration duration) {
        if (encoding != Encoding.PCM) {
            throw new IllegalStateException("the size of Opus audio does not follow from its duration");
        }
        return (duration.getSeconds() * sampleRate + (long) duration.getNano() * sampleRate / 1_000_000_000L)
                * BYTES_PER_SAMPLE;
    }
}
