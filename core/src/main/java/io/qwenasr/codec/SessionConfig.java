package io.qwenasr.codec;

import io.qwenasr.SessionOptions;
import io.qwenasr.TurnDetection;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The {@code session} object of {@code session.update}, {@code session.created} and
 * {@code session.updated}. Values are carried, not judged: ranges and names are for the session to check.
 *
 * @param id the server's id of the session; clients leave it out
 * @param object {@code realtime.session}; clients leave it out
 * @param model name of the model; clients leave it out, it is the query parameter
 * @param modalities {@code ["text"]}
 * @param inputAudioFormat {@code pcm} or {@code opus}; {@code pcm16} occurs too
 * @param sampleRate samples per second
 * @param transcription language and context; absent and null both mean automatic
 * @param turnDetection voice activity detection; null means manual commits, absent leaves it as it is
 * @param extras further members
 * @since 0.1.0
 */
public record SessionConfig(
        @Nullable String id,
        @Nullable String object,
        @Nullable String model,
        @Nullable List<String> modalities,
        @Nullable String inputAudioFormat,
        @Nullable Integer sampleRate,
        Member<TranscriptionConfig> transcription,
        Member<TurnDetectionConfig> turnDetection,
        Extras extras) {

    /** {@link #object()} as servers send it. */
    public static final String OBJECT = "realtime.session";

    /** Copies the list and refuses missing parts. */
    public SessionConfig {
        modalities = modalities == null ? null : List.copyOf(modalities);
        Objects.requireNonNull(transcription, "transcription");
        Objects.requireNonNull(turnDetection, "turnDetection");
        Objects.requireNonNull(extras, "extras");
    }

    /**
     * Returns what a client sends in {@code session.update}. What the options leave unset is left out, and
     * manual mode is an explicit null.
     *
     * @param options how the session is to listen
     * @return the configuration, without a model
     */
    public static SessionConfig of(SessionOptions options) {
        return new SessionConfig(
                null,
                null,
                null,
                List.of("text"),
                options.format().encoding().wireName(),
                options.format().sampleRate(),
                options.language() == null && options.corpusText() == null
                        ? Member.absent()
                        : Member.of(new TranscriptionConfig(options.language(), options.corpusText(), Extras.NONE)),
                options.turnDetection() instanceof TurnDetection.ServerVad vad ? Member.of(of(vad)) : Member.ofNull(),
                Extras.NONE);
    }

    private static TurnDetectionConfig of(TurnDetection.ServerVad vad) {
        Duration silence = vad.silence();
        return new TurnDetectionConfig(
                TurnDetectionConfig.SERVER_VAD,
                vad.threshold(),
                silence == null ? null : Math.toIntExact(silence.toMillis()),
                null,
                Extras.NONE);
    }
}
