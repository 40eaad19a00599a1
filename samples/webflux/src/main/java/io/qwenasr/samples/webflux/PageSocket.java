package io.qwenasr.samples.webflux;

import io.qwenasr.SessionOptions;
import java.util.Map;
import org.springframework.stereotype.Component;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.socket.CloseStatus;
import org.springframework.web.reactive.socket.WebSocketHandler;
import org.springframework.web.reactive.socket.WebSocketMessage;
import org.springframework.web.reactive.socket.WebSocketSession;
import org.springframework.web.util.UriComponentsBuilder;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import tools.jackson.databind.json.JsonMapper;

/**
 * The page's end of the line: {@code /ws/transcriptions?source=microphone|file&mode=vad|manual&language=en}.
 *
 * <p>The page sends binary frames of at most 64 KiB, 16 kHz PCM from a microphone or the bytes of a file, and text
 * frames: {@code commit} ends an utterance in manual mode, {@code finish} ends the audio. It gets events as JSON, and:
 *
 * <ul>
 *   <li>{@code credit}: how many more {@code bytes} of a file it may send. There are none at the start. So a browser
 *       that leaves is seen at once, though the file waits for the service.
 *   <li>{@code heard}: how much of the microphone's audio has come, as {@code heard_ms}, about each second of it. So a
 *       page knows that there is somebody at the other end, and what was silence.
 *   <li>{@code interrupted}: the service's session is lost, the next one is being opened; {@code reconnected} follows.
 *   <li>{@code done}: all results are there. The connection is closed with 1000.
 *   <li>{@code session_failed}: with {@code status}, {@code message} and {@code retryable}. The connection is closed
 *       with 1013 if trying again may help, else with 1008 or 1011.
 * </ul>
 */
@Component
class PageSocket implements WebSocketHandler {

    /** In place of an event. */
    private static final Map<String, Object> PING = EventJson.type("ping").members();

    private final Transcriptions transcriptions;
    private final Admission admission;
    private final CaptionsProperties limits;
    private final JsonMapper json;

    PageSocket(Transcriptions transcriptions, Admission admission, CaptionsProperties limits, JsonMapper json) {
        this.transcriptions = transcriptions;
        this.admission = admission;
        this.limits = limits;
        this.json = json;
    }

    @Override
    public Mono<Void> handle(WebSocketSession socket) {
        return Mono.using(
                        () -> admission.take(
                                Clients.of(socket.getHandshakeInfo().getRemoteAddress())),
                        place -> run(socket),
                        Admission.Place::close)
                .onErrorResume(Refusal.class, refused -> refuse(socket, Problem.of(refused)));
    }

    private Mono<Void> run(WebSocketSession socket) {
        MultiValueMap<String, String> query = UriComponentsBuilder.fromUri(
                        socket.getHandshakeInfo().getUri())
                .build()
                .getQueryParams();
        SessionOptions options = Transcriptions.options(query.getFirst("language"), query.getFirst("mode"));
        PageSession session = PageSession.of(query.getFirst("source"), options, new AudioLimit(limits.maxAudio()));

        // The browser that leaves, or whose computer is gone without a word, ends this, and with it everything else.
        Mono<Void> incoming = socket.receive()
                .timeout(limits.pageTimeout())
                .doOnNext(session::received)
                .then()
                .onErrorComplete();
        // Made a message last of all: a message has a buffer, which a queue before the socket might keep.
        Mono<Void> outgoing = socket.send(withPings(session.events(transcriptions))
                        .map(event -> event == PING ? ping(socket) : text(socket, event)))
                .then(Mono.defer(() -> socket.close(session.closeStatus())));
        return Mono.firstWithSignal(incoming, outgoing);
    }

    private Flux<Map<String, Object>> withPings(Flux<Map<String, Object>> events) {
        Sinks.Empty<Void> end = Sinks.empty();
        Flux<Map<String, Object>> pings = Flux.interval(limits.pageTimeout().dividedBy(3))
                .onBackpressureDrop()
                .takeUntilOther(end.asMono())
                .map(tick -> PING);
        return Flux.merge(1, events.doOnTerminate(end::tryEmitEmpty), pings);
    }

    private static WebSocketMessage ping(WebSocketSession socket) {
        return socket.pingMessage(buffers -> buffers.allocateBuffer(0));
    }

    private Mono<Void> refuse(WebSocketSession socket, Problem problem) {
        return socket.send(Flux.just(text(socket, problem.asEvent())))
                .then(Mono.defer(() -> socket.close(closeStatus(problem))));
    }

    private WebSocketMessage text(WebSocketSession socket, Map<String, Object> event) {
        return socket.textMessage(json.writeValueAsString(event));
    }

    static CloseStatus closeStatus(Problem problem) {
        if (problem.retryable()) {
            return CloseStatus.SERVICE_OVERLOAD.withReason("try again");
        }
        return problem.status().is4xxClientError()
                ? CloseStatus.POLICY_VIOLATION.withReason("refused")
                : CloseStatus.SERVER_ERROR.withReason("failed");
    }
}
