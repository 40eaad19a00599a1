package io.qwenasr.reactor;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One utterance with its transcript, complete.
 *
 * @param itemId the service's id of the utterance
 * @param start where it begins on the audio timeline, approximate; null if unknown
 * @param end where it ends on the audio timeline, approximate; null if unknown
 * @param language code of the language, if told
 * @param emotion one of surprised, neutral, happy, sad, disgusted, angry, fearful, if told; other values are
 *     passed through
 * @param text the transcript; empty where nothing was understood
 * @see Transcripts#utterances(reactor.core.publisher.Flux)
 * @since 0.1.0
 */
public record Utterance(
        String itemId,
        @Nullable Duration start,
        @Nullable Duration end,
        @Nullable String language,
        @Nullable String emotion,
        String text) {
    /** Refuses missing values. */
    public Utterance {
        Objects.requireNonNull(itemId, "itemId");
        Objects.requireNonNull(text, "text");
    }
}
