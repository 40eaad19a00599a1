package io.qwenasr.codec;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Voice activity detection, {@code turn_detection}. Ranges are not checked here.
 *
 * @param type {@link #SERVER_VAD}; other values occur in the wild
 * @param threshold sensitivity, documented as -1 to 1; null if unset
 * @param silenceDurationMs silence that ends an utterance in ms, documented as 200 to 6000; null if unset
 * @param prefixPaddingMs audio kept ahead of speech in ms, undocumented; null if unset
 * @param extras further members
 * @since 0.1.0
 */
public record TurnDetectionConfig(
        String type,
        @Nullable Double threshold,
        @Nullable Integer silenceDurationMs,
        @Nullable Integer prefixPaddingMs,
        Extras extras) {

    /** The one documented {@link #type()}. */
    public static final String SERVER_VAD = "server_vad";

    /** Refuses a missing type, and a threshold that JSON cannot hold. */
    public TurnDetectionConfig {
        Objects.requireNonNull(type, "type");
        Objects.requireNonNull(extras, "extras");
        if (threshold != null && !Double.isFinite(threshold)) {
            throw new IllegalArgumentException("threshold must be finite, not " + threshold);
        }
    }
}
