package io.qwenasr.session;

import io.qwenasr.AudioFormat;
import io.qwenasr.ServerError;
import io.qwenasr.SessionOptions;
import io.qwenasr.TurnDetection;
import io.qwenasr.TurnDetection.ServerVad;
import io.qwenasr.codec.Extras;
import io.qwenasr.codec.Member;
import io.qwenasr.codec.SessionConfig;
import io.qwenasr.codec.TranscriptionConfig;
import io.qwenasr.codec.TurnDetectionConfig;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The effective configuration of a server session: the service's defaults with a client's updates on top.
 *
 * <p>Immutable. What a client leaves out keeps its value; what it sends is echoed, members unknown to this
 * version included.
 */
final class ServerConfiguration {

    /** A refused update. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        private final String param;

        Refusal(String param, String message) {
            super(message, null, false, false);
            this.param = param;
        }

        ServerError toError(@Nullable String eventId) {
            return new ServerError(ServerError.INVALID_REQUEST, "invalid_value", getMessage(), param, eventId);
        }
    }

    private final SessionConfig echo;
    private final SessionOptions options;

    private ServerConfiguration(SessionConfig echo, SessionOptions options) {
        this.echo = echo;
        this.options = options;
    }

    static ServerConfiguration defaults(String sessionId, String model) {
        SessionConfig echo = new SessionConfig(
                sessionId,
                "realtime.session",
                model,
                List.of("text"),
                AudioFormat.Encoding.PCM.wireName(),
                AudioFormat.PCM_16K.sampleRate(),
                Member.ofNull(),
                Member.of(new TurnDetectionConfig(
                        "server_vad",
                        ServerVad.DEFAULT_THRESHOLD,
                        (int) ServerVad.DEFAULT_SILENCE.toMillis(),
                        null,
                        Extras.NONE)),
                Extras.NONE);
        return new ServerConfiguration(
                echo,
                SessionOptions.builder()
                        .model(model)
                        .serverVad(ServerVad.DEFAULT_THRESHOLD, ServerVad.DEFAULT_SILENCE)
                        .build());
    }

    SessionConfig echo() {
        return echo;
    }

    SessionOptions options() {
        return options;
    }

    /** Returns this configuration with an update applied; throws {@link Refusal} and stays as it is otherwise. */
    ServerConfiguration with(SessionConfig update) {
        List<String> modalities = update.modalities();
        if (modalities != null && !modalities.equals(List.of("text"))) {
            throw new Refusal("session.modalities", "modalities must be [\"text\"].");
        }
        Member<TranscriptionConfig> transcription =
                update.transcription().isAbsent() ? echo.transcription() : update.transcription();
        Member<TurnDetectionConfig> turns =
                update.turnDetection().isAbsent() ? echo.turnDetection() : effectiveTurns(update.turnDetection());
        SessionConfig merged = new SessionConfig(
                echo.id(),
                echo.object(),
                echo.model(),
                echo.modalities(),
                Objects.requireNonNullElse(update.inputAudioFormat(), echo.inputAudioFormat()),
                Objects.requireNonNullElse(update.sampleRate(), echo.sampleRate()),
                transcription,
                turns,
                update.extras());
        return new ServerConfiguration(merged, options(merged));
    }

    private static Member<TurnDetectionConfig> effectiveTurns(Member<TurnDetectionConfig> update) {
        TurnDetectionConfig turns = update.orNull();
        // {"type":"none"} is undocumented, but clients in the wild send it for manual mode.
        if (turns == null || turns.type().equals("none")) {
            return Member.ofNull();
        }
        if (!turns.type().equals("server_vad")) {
            throw new Refusal("session.turn_detection.type", "turn_detection.type must be server_vad.");
        }
        return Member.of(new TurnDetectionConfig(
                turns.type(),
                Objects.requireNonNullElse(turns.threshold(), ServerVad.DEFAULT_THRESHOLD),
                Objects.requireNonNullElse(turns.silenceDurationMs(), (int) ServerVad.DEFAULT_SILENCE.toMillis()),
                turns.prefixPaddingMs(),
                turns.extras()));
    }

    private static SessionOptions options(SessionConfig config) {
        TranscriptionConfig transcription = config.transcription().orNull();
        return SessionOptions.builder()
                .model(config.model())
                .format(format(config))
                .language(transcription == null ? null : blankToNull(transcription.language()))
                .corpusText(transcription == null ? null : blankToNull(transcription.corpusText()))
                .turnDetection(turnDetection(config.turnDetection().orNull()))
                .build();
    }

    private static AudioFormat format(SessionConfig config) {
        AudioFormat.Encoding encoding =
                switch (Objects.requireNonNullElse(config.inputAudioFormat(), "")) {
                    case "pcm", "pcm16" -> AudioFormat.Encoding.PCM;
                    case "opus" -> AudioFormat.Encoding.OPUS;
                    default ->
                        throw new Refusal("session.input_audio_format", "input_audio_format must be pcm or opus.");
                };
        int rate = Objects.requireNonNullElse(config.sampleRate(), 0);
        if (rate != 8_000 && rate != 16_000) {
            throw new Refusal("session.sample_rate", "sample_rate must be 8000 or 16000.");
        }
        return new AudioFormat(encoding, rate);
    }

    private static TurnDetection turnDetection(@Nullable TurnDetectionConfig turns) {
        if (turns == null) {
            return TurnDetection.manual();
        }
        double threshold = Objects.requireNonNullElse(turns.threshold(), ServerVad.DEFAULT_THRESHOLD);
        if (!(threshold >= ServerVad.MIN_THRESHOLD && threshold <= ServerVad.MAX_THRESHOLD)) {
            throw new Refusal("session.turn_detection.threshold", "threshold must be between -1.0 and 1.0.");
        }
        Duration silence = Duration.ofMillis(Objects.requireNonNullElse(turns.silenceDurationMs(), 0));
        if (silence.compareTo(ServerVad.MIN_SILENCE) < 0 || silence.compareTo(ServerVad.MAX_SILENCE) > 0) {
            throw new Refusal(
                    "session.turn_detection.silence_duration_ms", "silence_duration_ms must be between 200 and 6000.");
        }
        return TurnDetection.serverVad(threshold, silence);
    }

    private static @Nullable String blankToNull(@Nullable String text) {
        return text == null || text.isBlank() ? null : text;
    }
}
