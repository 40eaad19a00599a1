package io.qwenasr.samples.webflux;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.QwenAsrException;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent.Summary;
import io.qwenasr.reactor.AudioSourceException;
import io.qwenasr.reactor.AudioSources;
import java.nio.ByteBuffer;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.ProblemDetail;
import org.springframework.http.ResponseEntity;
import org.springframework.http.codec.ServerSentEvent;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.ExceptionHandler;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Flux;

/**
 * Transcribes the body of a request while it comes in.
 *
 * <p>Demand goes all the way: a caller that stops reading the events stops the service, and that the upload. A caller
 * that leaves ends the session of the service at once.
 */
@RestController
class UploadController {

    private final Transcriptions transcriptions;
    private final Admission admission;
    private final CaptionsProperties limits;

    UploadController(Transcriptions transcriptions, Admission admission, CaptionsProperties limits) {
        this.transcriptions = transcriptions;
        this.admission = admission;
        this.limits = limits;
    }

    @PostMapping(path = "/transcriptions", produces = MediaType.TEXT_EVENT_STREAM_VALUE)
    Flux<ServerSentEvent<Map<String, Object>>> transcribe(
            ServerHttpRequest request, @RequestParam(required = false) @Nullable String language) {
        SessionOptions options = Transcriptions.options(language, null);
        AudioLimit limit = new AudioLimit(limits.maxAudio());
        limit.take(Math.max(0, request.getHeaders().getContentLength()));
        return Flux.using(
                () -> admission.take(Clients.of(request.getRemoteAddress())),
                place -> events(request.getBody(), options),
                Admission.Place::close);
    }

    private Flux<ServerSentEvent<Map<String, Object>>> events(Flux<DataBuffer> body, SessionOptions options) {
        AudioLimit limit = new AudioLimit(limits.maxAudio());
        Flux<AudioSignal> audio =
                AudioSources.decode(bytes(body, limit), AudioFormat.PCM_16K).map(AudioSignal::chunk);
        return transcriptions
                // A body that is no audio is told by the status of the response.
                .transcribeIfAudio(audio, options)
                // So is a service that cannot be had: nothing was transcribed that a summary could be of.
                .switchOnFirst((first, all) -> first.get() instanceof Summary ? all.skip(1) : all)
                .map(EventJson::of)
                .switchOnFirst((first, all) -> first.isOnError()
                        ? all
                        : all.onErrorResume(error -> Flux.just(Problem.of(error).asEvent())))
                .map(UploadController::sse);
    }

    private static Flux<ByteBuffer> bytes(Flux<DataBuffer> body, AudioLimit limit) {
        return body.map(buffer -> {
                    byte[] bytes = new byte[buffer.readableByteCount()];
                    buffer.read(bytes);
                    DataBufferUtils.release(buffer);
                    limit.take(bytes.length);
                    return ByteBuffer.wrap(bytes);
                })
                .doOnDiscard(DataBuffer.class, DataBufferUtils::release);
    }

    private static ServerSentEvent<Map<String, Object>> sse(Map<String, Object> json) {
        return ServerSentEvent.builder(json)
                .event(String.valueOf(json.get(EventJson.TYPE)))
                .build();
    }

    @ExceptionHandler({Refusal.class, AudioSourceException.class, QwenAsrException.class})
    ResponseEntity<ProblemDetail> refuse(RuntimeException error) {
        Problem problem = Problem.of(error);
        ResponseEntity.BodyBuilder response = ResponseEntity.status(problem.status());
        if (problem.status().isSameCodeAs(HttpStatus.TOO_MANY_REQUESTS)
                || problem.status().isSameCodeAs(HttpStatus.SERVICE_UNAVAILABLE)) {
            response.header(HttpHeaders.RETRY_AFTER, "5");
        }
        return response.contentType(MediaType.APPLICATION_PROBLEM_JSON)
                .body(ProblemDetail.forStatusAndDetail(problem.status(), problem.message()));
    }
}
