package io.qwenasr.samples.webflux;

import io.qwenasr.QwenAsrException;
import io.qwenasr.reactor.AudioSourceException;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.http.HttpStatus;

/**
 * What users are told of an error. Messages of errors that are not meant for them go to the log only.
 *
 * @param status as an HTTP status, though it may come too late to be the response's
 * @param message for people
 * @param retryable whether the same may work when tried again
 */
record Problem(HttpStatus status, String message, boolean retryable) {

    private static final Logger log = LoggerFactory.getLogger(Problem.class);

    static Problem of(Throwable error) {
        if (error instanceof Refusal refusal) {
            return new Problem(
                    refusal.status(), text(refusal), refusal.status().isSameCodeAs(HttpStatus.TOO_MANY_REQUESTS));
        }
        if (error instanceof AudioSourceException audio) {
            HttpStatus status =
                    switch (audio.reason()) {
                        case NOT_AUDIO, UNSUPPORTED -> HttpStatus.UNSUPPORTED_MEDIA_TYPE;
                        default -> HttpStatus.BAD_REQUEST;
                    };
            return new Problem(status, text(audio), false);
        }
        if (error instanceof QwenAsrException service) {
            // The service's own words can name its address, which is nobody's business on the other side.
            log.warn("the service failed: {}", service.getMessage());
            return service.isRetryable()
                    ? new Problem(
                            HttpStatus.SERVICE_UNAVAILABLE, "The speech service cannot be reached at the moment.", true)
                    : new Problem(
                            HttpStatus.BAD_GATEWAY,
                            "The speech service refused the session; the application's log says why.",
                            false);
        }
        log.error("a session failed", error);
        return new Problem(
                HttpStatus.INTERNAL_SERVER_ERROR, "Something went wrong; the application's log says what.", false);
    }

    private static String text(Throwable error) {
        return String.valueOf(error.getMessage());
    }

    /** As the last event of a stream that has begun. */
    Map<String, Object> asEvent() {
        return EventJson.type("session_failed")
                .with("status", status.value())
                .with("message", message)
                .with("retryable", retryable)
                .members();
    }
}
