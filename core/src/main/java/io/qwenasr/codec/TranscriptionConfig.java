package io.qwenasr.codec;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Language and context of the transcription, {@code input_audio_transcription}.
 *
 * @param language code of the spoken language; null for automatic identification
 * @param corpusText context text, {@code corpus.text}; null for none
 * @param corpusExtras further members of {@code corpus}
 * @param extras further members
 * @since 0.1.0
 */
public record TranscriptionConfig(
        @Nullable String language, @Nullable String corpusText, Extras corpusExtras, Extras extras) {

    /** Refuses missing extras. */
    public TranscriptionConfig {
        Objects.requireNonNull(corpusExtras, "corpusExtras");
        Objects.requireNonNull(extras, "extras");
    }

    /**
     * Creates a configuration whose {@code corpus} holds nothing but its text.
     *
     * @param language code of the spoken language; null for automatic identification
     * @param corpusText context text; null for none
     * @param extras further members
     */
    public TranscriptionConfig(@Nullable String language, @Nullable String corpusText, Extras extras) {
        this(language, corpusText, Extras.NONE, extras);
    }
}
