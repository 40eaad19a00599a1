package io.qwenasr.samples.webflux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.alibaba.dashscope.audio.omni.OmniRealtimeCallback;
import com.alibaba.dashscope.audio.omni.OmniRealtimeConfig;
import com.alibaba.dashscope.audio.omni.OmniRealtimeConversation;
import com.alibaba.dashscope.audio.omni.OmniRealtimeModality;
import com.alibaba.dashscope.audio.omni.OmniRealtimeParam;
import com.google.gson.JsonObject;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.QwenAsrException;
import io.qwenasr.reactor.Endpoint;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.test.ScriptedSession;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.net.http.WebSocketHandshakeException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import okhttp3.Response;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

/** {@code /api-ws/v1/realtime}: anybody's client in front, a service that wants a key of its own behind. */
class GatewayTests {

    private static final String SERVICE_KEY = "sk-of-the-service";
    private static final String GATEWAY_KEY = "key-of-the-gateway";

    private final ScriptedTranscriber transcriber = ScriptedTranscriber.finals("good morning", "and goodbye");
    private RunningServer service;

    @BeforeEach
    void startService() {
        service = TestService.start(QwenAsrServer.builder(transcriber).apiKeys(List.of(SERVICE_KEY)));
    }

    @AfterEach
    void stopService() {
        TestService.stop(service);
    }

    private TestApp start(String... more) {
        List<String> properties =
                new ArrayList<>(List.of("--qwen.asr.endpoint=" + service.uri(), "--qwen.asr.api-key=" + SERVICE_KEY));
        properties.addAll(List.of(more));
        return TestApp.start(null, properties.toArray(String[]::new));
    }

    @Test
    void theOfficialSdkCompletesASession() throws Exception {
        try (TestApp app = start("--captions.gateway-keys=" + GATEWAY_KEY)) {
            Sdk sdk = new Sdk(app.ws(Endpoint.PATH).toString(), GATEWAY_KEY);
            sdk.connect();
            sdk.updateSession(OmniRealtimeConfig.builder()
                    .modalities(List.of(OmniRealtimeModality.TEXT))
                    .enableTurnDetection(true)
                    .turnDetectionType("server_vad")
                    .build());
            String second = Base64.getEncoder().encodeToString(new byte[3_200]);
            for (int i = 0; i < 20; i++) {
                sdk.appendAudio(second);
            }
            sdk.endSession();

            assertThat(sdk.closed.get(TestApp.LIMIT.toSeconds(), TimeUnit.SECONDS))
                    .isEqualTo(1000);
            assertThat(sdk.transcripts).containsExactly("good morning", "and goodbye");
            assertThat(transcriber.sessions()).hasSize(1);
            assertThat(transcriber.sessions().get(0).bytes()).isEqualTo(64_000);
            app.awaitNoSessions();
        }
    }

    @Test
    void aKeyOfTheServiceOpensNothing() {
        try (TestApp app = start("--captions.gateway-keys=" + GATEWAY_KEY)) {
            QwenAsrClient client = QwenAsrClient.builder(Endpoint.of(app.ws(Endpoint.PATH)))
                    .apiKey(SERVICE_KEY)
                    .build();
            assertThatThrownBy(() -> client.transcribe(Flux.never()).blockLast(TestApp.LIMIT))
                    .isInstanceOfSatisfying(
                            HandshakeRejectedException.class,
                            refused -> assertThat(refused.status()).isEqualTo(401));
            assertThat(transcriber.sessions()).isEmpty();
            app.awaitNoSessions();
        }
    }

    @Test
    void whoeverLeavesEndsTheSessionOfTheService() {
        try (TestApp app = start()) {
            QwenAsrClient client =
                    QwenAsrClient.builder(Endpoint.of(app.ws(Endpoint.PATH))).build();
            client.transcribe(Flux.just(java.nio.ByteBuffer.allocate(32_000)).concatWith(Flux.never()))
                    .take(2)
                    .blockLast(TestApp.LIMIT);
            assertThat(transcriber.sessions().get(0).whenEnded().block(TestApp.LIMIT))
                    .isEqualTo(ScriptedSession.End.CANCELLED);
            app.awaitNoSessions();
        }
    }

    @Test
    void limitsTheAudioOfASession() {
        try (TestApp app = start("--captions.max-audio=32KB")) {
            QwenAsrClient client =
                    QwenAsrClient.builder(Endpoint.of(app.ws(Endpoint.PATH))).build();
            Flux<java.nio.ByteBuffer> audio = Flux.range(0, 100).map(i -> java.nio.ByteBuffer.allocate(3_200));
            assertThatThrownBy(() -> client.transcribe(audio).blockLast(TestApp.LIMIT))
                    .isInstanceOf(QwenAsrException.class);
            assertThat(transcriber.sessions().get(0).bytes()).isLessThanOrEqualTo(32_768);
            app.awaitNoSessions();
        }
    }

    @Test
    void letsNoOtherPageIn() {
        try (TestApp app = start()) {
            assertThat(statusFor(app, "https://evil.example")).isEqualTo(403);
        }
    }

    @Test
    void limitsTheSessionsOfAClient() {
        try (TestApp app = start("--captions.max-sessions-per-client=1")) {
            QwenAsrClient client =
                    QwenAsrClient.builder(Endpoint.of(app.ws(Endpoint.PATH))).build();
            client.transcribe(Flux.never())
                    .concatMap(ready -> Flux.defer(() -> {
                                assertThat(statusFor(app, app.http("").toString()))
                                        .isEqualTo(429);
                                return Flux.just(ready);
                            })
                            .subscribeOn(reactor.core.scheduler.Schedulers.boundedElastic()))
                    .blockFirst(TestApp.LIMIT);
            app.awaitNoSessions();
        }
    }

    @Test
    void isClosedWhereItWouldBeOpenToTheNetworkWithoutAKey() {
        try (TestApp app = start("--server.address=0.0.0.0")) {
            assertThat(statusFor(app, app.http("").toString())).isEqualTo(403);
        }
    }

    private static int statusFor(TestApp app, String origin) {
        CompletableFuture<WebSocket> handshake = HttpClient.newHttpClient()
                .newWebSocketBuilder()
                .header("Origin", origin)
                .buildAsync(app.ws(Endpoint.PATH), new WebSocket.Listener() {});
        try {
            handshake
                    .orTimeout(TestApp.LIMIT.toSeconds(), TimeUnit.SECONDS)
                    .join()
                    .abort();
            return 101;
        } catch (CompletionException e) {
            return ((WebSocketHandshakeException) e.getCause()).getResponse().statusCode();
        }
    }

    /** The SDK's conversation; it waits out a race of the SDK with itself, for which see samples/interop. */
    private static final class Sdk extends OmniRealtimeConversation {

        final List<String> transcripts;
        final CompletableFuture<Integer> closed;

        Sdk(String url, String key) {
            this(url, key, Collections.synchronizedList(new ArrayList<>()), new CompletableFuture<>());
        }

        private Sdk(String url, String key, List<String> transcripts, CompletableFuture<Integer> closed) {
            super(
                    OmniRealtimeParam.builder()
                            .model(QwenAsrClient.DEFAULT_MODEL)
                            .url(url)
                            .apikey(key)
                            .build(),
                    new OmniRealtimeCallback() {
                        @Override
                        public void onEvent(JsonObject event) {
                            if (event.has("transcript")) {
                                transcripts.add(event.get("transcript").getAsString());
                            }
                        }

                        @Override
                        public void onClose(int code, String reason) {
                            closed.complete(code);
                        }
                    });
            this.transcripts = transcripts;
            this.closed = closed;
        }

        @Override
        public void onOpen(okhttp3.WebSocket webSocket, Response response) {
            long deadline = System.nanoTime() + TestApp.LIMIT.toNanos();
            while (true) {
                try {
                    super.onOpen(webSocket, response);
                    return;
                } catch (NullPointerException noLatchYet) {
                    if (System.nanoTime() - deadline > 0) {
                        throw noLatchYet;
                    }
                    Thread.onSpinWait();
                }
            }
        }
    }
}
