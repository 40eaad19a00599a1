package io.qwenasr;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How one session listens: audio format, language, context and turn detection.
 *
 * <p>Immutable. What is left unset is left out of {@code session.update}, so that the service's own
 * default applies.
 *
 * @param model name of the model; null leaves the choice to the client (or, on a server, to the server)
 * @param format encoding and rate of the audio
 * @param language code of the spoken language such as {@code en} or {@code zh}; null for automatic
 *     identification. Codes are not checked against a list: the service's list grows
 * @param corpusText names and terms that may occur, to bias recognition; the documented limit is 10,000
 *     tokens, which only the service can count
 * @param turnDetection who ends an utterance
 * @param partials whether a client's session tells of {@linkplain TranscriptionEvent.Partial partials}. It is not sent to
 *     the service; servers and transcribers of other kinds take no notice of it
 * @since 0.1.0
 */
public record SessionOptions(
        @Nullable String model,
        AudioFormat format,
        @Nullable String language,
        @Nullable String corpusText,
        TurnDetection turnDetection,
        boolean partials) {

    private static final SessionOptions DEFAULTS = builder().build();

    /** Refuses missing parts and blank texts. */
    public SessionOptions {
        requireText(model, "model");
        Objects.requireNonNull(format, "format");
        requireText(language, "language");
        requireText(corpusText, "corpusText");
        Objects.requireNonNull(turnDetection, "turnDetection");
    }

    private static void requireText(@Nullable String value, String name) {
        if (value != null && value.isBlank()) {
            throw new IllegalArgumentException(name + " must not be blank; leave it unset for the default");
        }
    }

    /**
     * Returns the defaults: 16 kHz PCM, automatic language, server-side turn detection as the service
     * sets it.
     *
     * @return the default options
     */
    public static SessionOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Returns a builder with the defaults in place.
     *
     * @return a new builder
     */
    public static Builder builder() {
        return new Builder();
    }

    /**
     * Returns a builder that starts from these options.
     *
     * @return a new builder
     */
    public Builder mutate() {
        Builder builder = new Builder();
        builder.model = model;
        builder.format = format;
        builder.language = language;
        builder.corpusText = corpusText;
        builder.turnDetection = turnDetection;
        builder.partials = partials;
        return builder;
    }

    /**
     * Tells whether the caller ends the utterances.
     *
     * @return true in manual mode, false with server-side detection
     */
    public boolean isManual() {
        return turnDetection instanceof TurnDetection.Manual;
    }

    /**
     * Collects session options. Not safe for use by several threads.
     *
     * @since 0.1.0
     */
    public static final class Builder {
        private @Nullable String model;
        private AudioFormat format = AudioFormat.PCM_16K;
        private @Nullable String language;
        private @Nullable String corpusText;
        private TurnDetection turnDetection = TurnDetection.serverVad();
        private boolean partials = true;

        private Builder() {}

        /**
         * Sets the model.
         *
         * @param model a model name, or null for the client's own
         * @return this builder
         */
        public Builder model(@Nullable String model) {
            this.model = model;
            return this;
        }

        /**
         * Sets the audio format; the default is 16-bit PCM at 16 kHz.
         *
         * @param format encoding and rate
         * @return this builder
         */
        public Builder format(AudioFormat format) {
            this.format = format;
            return this;
        }

        /**
         * Sets the spoken language.
         *
         * @param language a code such as {@code en}, or null for automatic identification
         * @return this builder
         */
        public Builder language(@Nullable String language) {
            this.language = language;
            return this;
        }

        /**
         * Sets the context text.
         *
         * @param corpusText names and terms that may occur, or null for none
         * @return this builder
         */
        public Builder corpusText(@Nullable String corpusText) {
            this.corpusText = corpusText;
            return this;
        }

        /**
         * Sets who ends an utterance; the default is server-side detection.
         *
         * @param turnDetection the mode
         * @return this builder
         */
        public Builder turnDetection(TurnDetection turnDetection) {
            this.turnDetection = turnDetection;
            return this;
        }

        /**
         * Sets server-side detection with the given numbers.
         *
         * @param threshold -1 to 1, lower is more sensitive
         * @param silence 200 to 6000 ms
         * @return this builder
         * @throws IllegalArgumentException if a value is out of range
         */
        public Builder serverVad(double threshold, Duration silence) {
            return turnDetection(TurnDetection.serverVad(threshold, silence));
        }

        /**
         * Sets manual mode: the caller commits each utterance.
         *
         * @return this builder
         */
        public Builder manual() {
            return turnDetection(TurnDetection.manual());
        }

        /**
         * Sets whether a client's session tells of partials; the default is true. A caller that wants nothing but
         * finals spares their decoding, which is most of the work of receiving: the session then looks no further than
         * their type. All other events are as usual. The service sends partials in any case, since the protocol has no
         * way to ask it not to; transcribers other than a client of the service tell them, too.
         *
         * @param partials false for a session without {@link TranscriptionEvent.Partial}
         * @return this builder
         */
        public Builder partials(boolean partials) {
            this.partials = partials;
            return this;
        }

        /**
         * Returns the options.
         *
         * @return new options
         * @throws IllegalArgumentException if a text is blank
         */
        public SessionOptions build() {
            return new SessionOptions(model, format, language, corpusText, turnDetection, partials);
        }
    }
}
