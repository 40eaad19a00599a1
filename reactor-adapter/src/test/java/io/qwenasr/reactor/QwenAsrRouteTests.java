package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.client.PrematureCloseException;
import reactor.netty.http.server.HttpServer;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

/** Sessions on a path of somebody else's HTTP server, with a keep-alive connection and other paths beside it. */
class QwenAsrRouteTests {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final QwenAsrRoute route = QwenAsrServer.builder(ScriptedTranscriber.finals("good morning"))
            .apiKeys(List.of("key"))
            .maxSessions(1)
            .build()
            .route();
    private DisposableServer server;

    @BeforeEach
    void listen() {
        server = HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .route(routes -> routes.get("/speech", route)
                        .get("/other", (request, response) -> response.sendString(Mono.just("other"))))
                .bindNow();
    }

    @AfterEach
    void stop() {
        server.disposeNow(LIMIT);
    }

    private QwenAsrClient client(String key) {
        return QwenAsrClient.builder(Endpoint.of("ws://127.0.0.1:" + server.port() + "/speech"))
                .apiKey(key)
                .build();
    }

    private void awaitSessions(int sessions) {
        Flux.interval(Duration.ofMillis(5))
                .takeUntil(tick -> route.sessions() == sessions)
                .blockLast(LIMIT);
    }

    @Test
    void runsASessionBesideOtherPaths() {
        StepVerifier.create(Transcripts.finals(client("key").transcribe(Flux.just(ByteBuffer.wrap(new byte[64_000]))))
                        .map(TranscriptionEvent.Final::transcript))
                .expectNext("good morning")
                .expectComplete()
                .verify(LIMIT);
        awaitSessions(0);
        assertThat(HttpClient.newConnection()
                        .get()
                        .uri("http://127.0.0.1:" + server.port() + "/other")
                        .responseContent()
                        .aggregate()
                        .asString()
                        .block(LIMIT))
                .isEqualTo("other");
    }

    @Test
    void refusesAWrongKey() {
        assertThatThrownBy(() -> client("wrong").transcribe(Flux.never()).blockLast(LIMIT))
                .isInstanceOfSatisfying(
                        HandshakeRejectedException.class,
                        refused -> assertThat(refused.status()).isEqualTo(401));
    }

    @Test
    void keepsNoPlaceForAHandshakeThatFails() {
        HttpClient.create()
                .headers(headers -> headers.set(HttpHeaderNames.AUTHORIZATION, "Bearer key")
                        .set(HttpHeaderNames.UPGRADE, "websocket")
                        .set(HttpHeaderNames.CONNECTION, "Upgrade")
                        .set(HttpHeaderNames.SEC_WEBSOCKET_VERSION, "7"))
                .get()
                .uri("http://127.0.0.1:" + server.port() + "/speech")
                .response()
                .onErrorComplete(PrematureCloseException.class)
                .block(LIMIT);

        // The only place is free again, once the server has noticed.
        assertThat(client("key")
                        .transcribe(Flux.just(ByteBuffer.wrap(new byte[3_200])))
                        .ofType(TranscriptionEvent.Final.class)
                        .retryWhen(Retry.fixedDelay(Long.MAX_VALUE, Duration.ofMillis(20)))
                        .blockLast(LIMIT))
                .isNotNull();
    }

    @Test
    void stopsItsSessionsAndLeavesTheServer() {
        StepVerifier.create(client("key").transcribe(Flux.never()))
                .expectNextMatches(TranscriptionEvent.SessionReady.class::isInstance)
                .then(() -> route.stop(LIMIT).block(LIMIT.plusSeconds(10)))
                .expectErrorSatisfies(ended -> assertThat(ended)
                        .isInstanceOfSatisfying(
                                ConnectionClosedException.class,
                                closed -> assertThat(closed.code()).isEqualTo(1001)))
                .verify(LIMIT);
        assertThat(route.sessions()).isZero();
        assertThatThrownBy(() -> client("key").transcribe(Flux.never()).blockLast(LIMIT))
                .isInstanceOfSatisfying(
                        HandshakeRejectedException.class,
                        refused -> assertThat(refused.status()).isEqualTo(503));
        assertThat(server.isDisposed()).isFalse();
    }
}
