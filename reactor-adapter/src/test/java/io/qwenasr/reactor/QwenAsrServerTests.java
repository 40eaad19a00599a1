package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.ConnectionClosedException;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.TranscriptionEvent;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.client.HttpClient;
import reactor.test.StepVerifier;
import reactor.util.retry.Retry;

class QwenAsrServerTests {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @RegisterExtension
    final Servers servers = new Servers();

    private RunningServer start(Transcriber transcriber) {
        return servers.start(
                QwenAsrServer.builder(transcriber).apiKeys(List.of("key")).maxSessions(2));
    }

    private static QwenAsrClient client(RunningServer server) {
        return QwenAsrClient.builder(server.endpoint()).apiKey("key").build();
    }

    private static void awaitNoSessions(RunningServer server) {
        Flux.interval(Duration.ofMillis(5))
                .takeUntil(tick -> server.sessions() == 0)
                .blockLast(LIMIT);
    }

    @ParameterizedTest
    @CsvSource({
        "/elsewhere,websocket,Bearer key,404,InvalidParameter",
        "/api-ws/v1/realtime,,Bearer key,426,InvalidParameter",
        "/api-ws/v1/realtime?model=m,websocket,,401,InvalidApiKey",
        "/api-ws/v1/realtime?model=m,websocket,Basic key,401,InvalidApiKey",
        "/api-ws/v1/realtime?model=m,websocket,Bearer wrong,401,InvalidApiKey",
    })
    void answersWhatIsNoGoodHandshakeInJson(
            String path, String upgrade, String authorization, int status, String code) {
        RunningServer server = start(new CountingTranscriber());
        String answer = HttpClient.newConnection()
                .headers(headers -> {
                    if (upgrade != null) {
                        headers.set("Upgrade", upgrade).set("Connection", "Upgrade");
                    }
                    if (authorization != null) {
                        headers.set("Authorization", authorization);
                    }
                })
                .get()
                .uri("http://127.0.0.1:" + server.address().getPort() + path)
                .responseSingle((response, body) ->
                        body.asString().map(text -> response.status().code() + " " + text))
                .block(LIMIT);
        assertThat(answer).startsWith(status + " {\"code\":\"" + code + "\"").contains("\"request_id\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "localhost", "0.0.0.0"})
    void namesAnAddressThatItsClientsReach(String host) {
        RunningServer server = QwenAsrServer.builder(new CountingTranscriber())
                .host(host)
                .build()
                .start()
                .block(LIMIT);
        assertThat(server.uri().getHost()).isEqualTo(host.equals("localhost") ? host : "127.0.0.1");
        assertThat(client(server).transcribe(Flux.empty()).count().block(LIMIT)).isOne();
        server.stop(LIMIT).block(LIMIT);
    }

    @Test
    void namesTheLoopbackAddressOfIpVersion6() {
        RunningServer server = QwenAsrServer.builder(new CountingTranscriber())
                .host("::")
                .build()
                .start()
                .block(LIMIT);
        assertThat(server.endpoint().uri().getHost()).isEqualTo("[::1]");
        server.stop(LIMIT).block(LIMIT);
    }

    @Test
    void limitsTheNumberOfSessions() {
        RunningServer server = start(new CountingTranscriber());
        Sinks.Empty<Void> end = Sinks.empty();
        Flux<ByteBuffer> open = Flux.<ByteBuffer>never().takeUntilOther(end.asMono());
        List<Mono<Long>> finals = List.of(
                client(server).transcribe(open).count().cache(),
                client(server).transcribe(open).count().cache());
        finals.forEach(Mono::subscribe);
        Flux.interval(Duration.ofMillis(5))
                .takeUntil(t -> server.sessions() == 2)
                .blockLast(LIMIT);
        StepVerifier.create(client(server).transcribe(open))
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOfSatisfying(HandshakeRejectedException.class, full -> {
                            assertThat(full.status()).isEqualTo(503);
                            assertThat(full.isRetryable()).isTrue();
                            assertThat(full.header("retry-after")).isNotNull();
                        }))
                .verify(LIMIT);
        end.tryEmitEmpty();
        finals.forEach(each -> assertThat(each.block(LIMIT)).isOne());
        awaitNoSessions(server);
        assertThat(client(server).transcribe(Flux.<ByteBuffer>empty()).count().block(LIMIT))
                .isOne();
    }

    @Test
    void limitsTheNumberOfSessionsOfAKey() {
        RunningServer server = servers.start(QwenAsrServer.builder(new CountingTranscriber())
                .apiKeys(List.of("key", "other"))
                .maxSessionsPerKey(1));
        Sinks.Empty<Void> end = Sinks.empty();
        Flux<ByteBuffer> open = Flux.<ByteBuffer>never().takeUntilOther(end.asMono());
        Mono<Long> first = client(server).transcribe(open).count().cache();
        first.subscribe();
        Flux.interval(Duration.ofMillis(5))
                .takeUntil(t -> server.sessions() == 1)
                .blockLast(LIMIT);
        StepVerifier.create(client(server).transcribe(open))
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOfSatisfying(HandshakeRejectedException.class, full -> {
                            assertThat(full.status()).isEqualTo(429);
                            assertThat(full.isRetryable()).isTrue();
                            assertThat(full.retryAfter()).isEqualTo(Duration.ofSeconds(5));
                        }))
                .verify(LIMIT);
        QwenAsrClient other =
                QwenAsrClient.builder(server.endpoint()).apiKey("other").build();
        assertThat(other.transcribe(Flux.empty()).count().block(LIMIT)).isOne();
        end.tryEmitEmpty();
        assertThat(first.block(LIMIT)).isOne();
        awaitNoSessions(server);
        assertThat(client(server).transcribe(Flux.empty()).count().block(LIMIT)).isOne();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "GET /api-ws/v1/real", "GET /api-ws/v1/realtime HTTP/1.1\r\nHost: x\r\n"})
    void cutsOffWhoTakesTooLongToBecomeASession(String sent) throws IOException {
        RunningServer server = servers.start(
                QwenAsrServer.builder(new CountingTranscriber()).handshakeTimeout(Duration.ofMillis(300)));
        try (Socket slow =
                new Socket(InetAddress.getLoopbackAddress(), server.address().getPort())) {
            slow.setSoTimeout((int) LIMIT.toMillis());
            assertThat(answerTo(sent, slow)).isEqualTo(-1);
        }
    }

    /** Returns the first byte of it, or -1 if the connection ends without one, in good order or not. */
    private static int answerTo(String sent, Socket socket) throws IOException {
        try {
            socket.getOutputStream().write(sent.getBytes(StandardCharsets.US_ASCII));
            return socket.getInputStream().read();
        } catch (SocketException cutOff) {
            return -1;
        }
    }

    @Test
    void doesNotCutOffWhoHasBecomeASession() {
        Duration timeout = Duration.ofSeconds(1);
        RunningServer server =
                servers.start(QwenAsrServer.builder(new CountingTranscriber()).handshakeTimeout(timeout));
        Sinks.Empty<Void> ready = Sinks.empty();
        AtomicBoolean isReady = new AtomicBoolean();
        // Lasts longer than the timeout from when the session is there.
        Flux<ByteBuffer> audio = Flux.just(ByteBuffer.allocate(640))
                .concatWith(
                        ready.asMono().then(Mono.delay(timeout.plusMillis(500))).then(Mono.empty()));
        StepVerifier.create(QwenAsrClient.builder(server.endpoint())
                        .build()
                        .transcribe(audio)
                        .doOnNext(event -> {
                            isReady.set(true);
                            ready.tryEmitEmpty();
                        })
                        // On a machine that stands still, even an honest handshake is cut off.
                        .retryWhen(Retry.max(10).filter(error -> !isReady.get()))
                        .ofType(TranscriptionEvent.Final.class))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void transcribesWhatItHasBeforeItStops() {
        RunningServer server = start(new CountingTranscriber());
        Flux<ByteBuffer> endless = Flux.just(ByteBuffer.allocate(6_400)).concatWith(Flux.never());
        Sinks.Empty<Void> stopped = Sinks.empty();
        StepVerifier.create(client(server).transcribe(endless).doOnNext(event -> {
                    if (event instanceof TranscriptionEvent.Partial) {
                        server.stop(LIMIT).subscribe(v -> {}, e -> {}, stopped::tryEmitEmpty);
                    }
                }))
                .thenConsumeWhile(event -> !(event instanceof TranscriptionEvent.Final))
                .expectNextMatches(
                        event -> ((TranscriptionEvent.Final) event).transcript().equals("6400 bytes"))
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOfSatisfying(
                                ConnectionClosedException.class,
                                closed -> assertThat(closed.code()).isEqualTo(1001)))
                .verify(LIMIT);
        stopped.asMono().block(LIMIT);
        assertThat(server.sessions()).isZero();
    }

    @Test
    void cutsSessionsThatOutlastTheGrace() {
        RunningServer server =
                start((audio, options) -> Flux.<TranscriptionEvent>never().takeUntilOther(Mono.never()));
        Flux<ByteBuffer> endless = Flux.just(ByteBuffer.allocate(6_400)).concatWith(Flux.never());
        StepVerifier.create(client(server).transcribe(endless))
                .expectNextCount(1)
                .then(() -> server.stop(Duration.ofMillis(100)).block(LIMIT))
                .expectError(ConnectionClosedException.class)
                .verify(LIMIT);
    }

    @Test
    void showsTheSubscribersContextToTheAudio() {
        RunningServer server = start(new CountingTranscriber());
        Flux<ByteBuffer> audio = Flux.deferContextual(context -> {
            assertThat(context.<String>get("trace")).isEqualTo("t-1");
            return Flux.just(ByteBuffer.allocate(320));
        });
        StepVerifier.create(client(server)
                        .transcribe(audio)
                        .contextWrite(context -> context.put("trace", "t-1"))
                        .ofType(TranscriptionEvent.Final.class))
                .expectNextCount(1)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void tellsWhenItsPortIsTaken() {
        RunningServer server = start(new CountingTranscriber());
        StepVerifier.create(QwenAsrServer.builder(new CountingTranscriber())
                        .port(server.address().getPort())
                        .build()
                        .start())
                .expectErrorSatisfies(e -> assertThat(e)
                        .hasMessageContaining(String.valueOf(server.address().getPort())))
                .verify(LIMIT);
    }
}
