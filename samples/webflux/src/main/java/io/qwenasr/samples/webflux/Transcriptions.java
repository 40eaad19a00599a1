package io.qwenasr.samples.webflux;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.Transcripts;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Flux;

/** One user's session: what both the upload and the page put around the transcriber. */
@Component
class Transcriptions {

    private final Transcriber transcriber;

    Transcriptions(Transcriber transcriber) {
        this.transcriber = transcriber;
    }

    /**
     * Transcribes, going on with the next session when one is lost, by {@code qwen.asr.resume}.
     *
     * <p>Partials that are out of date before they can be delivered are left out.
     */
    Flux<TranscriptionEvent> transcribe(Flux<AudioSignal> audio, SessionOptions options) {
        return transcriber.transcribe(audio, options).transform(Transcripts::latestPartial);
    }

    /** The same, of a file that may turn out to be none: then no session of the service is opened. */
    Flux<TranscriptionEvent> transcribeIfAudio(Flux<AudioSignal> audio, SessionOptions options) {
        return audio.switchOnFirst(
                (first, all) -> first.hasValue() ? transcribe(all, options) : all.cast(TranscriptionEvent.class));
    }

    /**
     * Reads what a user asks for.
     *
     * @param language a code such as {@code en}; null or blank for automatic
     * @param mode {@code vad} or {@code manual}; null for vad
     * @throws Refusal if that makes no sense
     */
    static SessionOptions options(@Nullable String language, @Nullable String mode) {
        SessionOptions.Builder options = SessionOptions.builder().serverVad(0.0, Duration.ofMillis(400));
        if (language != null && !language.isBlank()) {
            if (!language.matches("[A-Za-z]{2,3}")) {
                throw new Refusal(
                        HttpStatus.BAD_REQUEST, "language must be a code of two or three letters, such as en or zh");
            }
            options.language(language);
        }
        if ("manual".equals(mode)) {
            options.manual();
        } else if (mode != null && !mode.equals("vad")) {
            throw new Refusal(HttpStatus.BAD_REQUEST, "mode must be vad or manual");
        }
        return options.build();
    }
}
