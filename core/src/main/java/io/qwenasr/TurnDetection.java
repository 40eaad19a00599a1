package io.qwenasr;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Who decides where an utterance ends: the server's voice activity detection, or the caller.
 *
 * @since 0.1.0
 */
public sealed interface TurnDetection {

    /**
     * The server finds the utterances by voice activity detection.
     *
     * @param threshold sensitivity from -1 to 1, lower is more sensitive; null leaves the service's
     *     default (documented as 0.2; 0.0 is recommended)
     * @param silence how much silence ends an utterance, 200 to 6000 ms in whole milliseconds; null
     *     leaves the service's default (documented as 800 ms; 400 ms is recommended)
     * @since 0.1.0
     */
    record ServerVad(@Nullable Double threshold, @Nullable Duration silence) implements TurnDetection {
        /** Lowest threshold. */
        public static final double MIN_THRESHOLD = -1.0;

        /** Highest threshold. */
        public static final double MAX_THRESHOLD = 1.0;

        /** Shortest silence. */
        public static final Duration MIN_SILENCE = Duration.ofMillis(200);

        /** Longest silence. */
        public static final Duration MAX_SILENCE = Duration.ofSeconds(6);

        /** The service's documented default threshold. */
        public static final double DEFAULT_THRESHOLD = 0.2;

        /** The service's documented default silence. */
        public static final Duration DEFAULT_SILENCE = Duration.ofMillis(800);

        /** Refuses values out of range. */
        public ServerVad {
            if (threshold != null && !(threshold >= MIN_THRESHOLD && threshold <= MAX_THRESHOLD)) {
                throw new IllegalArgumentException("threshold must be between -1.0 and 1.0, not " + threshold);
            }
            if (silence != null && (silence.compareTo(MIN_SILENCE) < 0 || silence.compareTo(MAX_SILENCE) > 0)) {
                throw new IllegalArgumentException(
                        "silence must be between 200 and 6000 ms, not " + silence.toMillis() + " ms");
            }
            if (silence != null && silence.toNanos() % 1_000_000 != 0) {
                throw new IllegalArgumentException("silence must be whole milliseconds, not " + silence);
            }
        }

        /**
         * Returns the threshold, or the service's default where none is set.
         *
         * @return -1 to 1
         */
        public double thresholdOrDefault() {
            return threshold == null ? DEFAULT_THRESHOLD : threshold;
        }

        /**
         * Returns the silence that ends an utterance, or the service's default where none is set.
         *
         * @return 200 to 6000 ms
         */
        public Duration silenceOrDefault() {
            return silence == null ? DEFAULT_SILENCE : silence;
        }
    }

    /**
     * The caller ends each utterance with an {@link AudioSignal.Commit}.
     *
     * <p>On the wire this is an explicit {@code "turn_detection": null}. One utterance should not exceed
     * 60 seconds.
     *
     * @since 0.1.0
     */
    record Manual() implements TurnDetection {}

    /**
     * Returns server-side detection with the service's defaults.
     *
     * @return detection with nothing set
     */
    static ServerVad serverVad() {
        return new ServerVad(null, null);
    }

    /**
     * Returns server-side detection with the given numbers.
     *
     * @param threshold -1 to 1, lower is more sensitive
     * @param silence 200 to 6000 ms
     * @return the detection
     * @throws IllegalArgumentException if a value is out of range
     */
    static ServerVad serverVad(double threshold, Duration silence) {
        return new ServerVad(threshold, silence);
    }

    /**
     * Returns manual commits.
     *
     * @return the manual mode
     */
    static Manual manual() {
        return new Manual();
    }
}
