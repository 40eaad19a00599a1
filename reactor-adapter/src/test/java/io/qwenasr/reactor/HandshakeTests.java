package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.resolver.InetSocketAddressResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import io.qwenasr.ConnectException;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.ProtocolException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.SessionTimeoutException;
import io.qwenasr.TranscriptionEvent;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.test.StepVerifier;

class HandshakeTests {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @RegisterExtension
    final Servers servers = new Servers();

    private static Flux<ByteBuffer> audio() {
        return Flux.range(0, 12).map(i -> ByteBuffer.allocate(3_200));
    }

    private DisposableServer answering(int status, String body, AtomicReference<String> uri, HttpHeaders[] seen) {
        return servers.bind(HttpServer.create().host("127.0.0.1").port(0).handle((request, response) -> {
            uri.set(request.uri());
            seen[0] = request.requestHeaders().copy();
            return response.status(status)
                    .header("Retry-After", "7")
                    .header("X-Secret-Internal", "no")
                    .sendString(Mono.just(body));
        }));
    }

    @ParameterizedTest
    @CsvSource({"401,false", "403,false", "404,false", "429,true", "503,true", "302,false", "200,false"})
    void tellsWhatAServerAnswersInsteadOfAnUpgrade(int status, boolean retryable) {
        DisposableServer server = answering(status, "{\"code\":\"x\"}", new AtomicReference<>(), new HttpHeaders[1]);
        QwenAsrClient client = QwenAsrClient.builder(Endpoint.of("ws://127.0.0.1:" + server.port() + "/x"))
                .build();
        StepVerifier.create(client.transcribe(audio()))
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOfSatisfying(HandshakeRejectedException.class, rejected -> {
                            assertThat(rejected.status()).isEqualTo(status);
                            assertThat(rejected.body()).isEqualTo("{\"code\":\"x\"}");
                            assertThat(rejected.header("Retry-After")).isEqualTo("7");
                            assertThat(rejected.header("X-Secret-Internal")).isNull();
                            assertThat(rejected.isRetryable()).isEqualTo(retryable);
                        }))
                .verify(LIMIT);
    }

    /** Returns how a session fails with a peer that says this after any request, and then nothing. */
    private static Throwable answered(String answer) throws Exception {
        return answered(answer, false);
    }

    private static Throwable answered(String answer, boolean hangUp) throws Exception {
        try (ServerSocket listening = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            listening.setSoTimeout((int) LIMIT.toMillis());
            QwenAsrClient client = QwenAsrClient.builder(
                            Endpoint.of("ws://127.0.0.1:" + listening.getLocalPort() + "/x"))
                    .handshakeTimeout(LIMIT)
                    .build();
            CompletableFuture<Throwable> failure = client.transcribe(audio())
                    .then(Mono.<Throwable>empty())
                    .onErrorResume(Mono::just)
                    .toFuture();
            try (Socket peer = listening.accept()) {
                peer.getOutputStream().write(answer.getBytes(StandardCharsets.US_ASCII));
                if (hangUp) {
                    peer.shutdownOutput();
                }
                return failure.get(2 * LIMIT.toSeconds(), TimeUnit.SECONDS);
            }
        }
    }

    @Test
    void doesNotWaitForTheBodyOfARefusal() throws Exception {
        assertThat(answered("HTTP/1.1 401 Unauthorized\r\nContent-Length: 100\r\n\r\n{\"code\":"))
                .isInstanceOfSatisfying(HandshakeRejectedException.class, rejected -> {
                    assertThat(rejected.status()).isEqualTo(401);
                    assertThat(rejected.body()).isEqualTo("{\"code\":");
                    assertThat(rejected.isRetryable()).isFalse();
                });
    }

    @Test
    void tellsThatAPeerDoesNotSpeakHttp() throws Exception {
        assertThat(answered("SSH-2.0-OpenSSH_9.2p1\r\n"))
                .isInstanceOfSatisfying(ProtocolException.class, other -> {
                    assertThat(other.phase()).isEqualTo(SessionPhase.CONNECTING);
                    assertThat(other.isRetryable()).isFalse();
                })
                .hasMessageContaining("did not answer with HTTP")
                .hasMessageContaining("wss://");
    }

    @Test
    void anAnswerThatIsCutOffIsALostConnection() throws Exception {
        for (String cut : List.of("HTT", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: web")) {
            assertThat(answered(cut, true))
                    .isInstanceOfSatisfying(
                            ConnectException.class,
                            lost -> assertThat(lost.isRetryable()).isTrue());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "/p?model=mine,,/p?model=mine",
        "/p?model=mine,mine,/p?model=mine",
        "/p?model=a%2F1&tenant=t,,/p?tenant=t&model=a%2F1",
        "/p,,/p?model=qwen3-asr-flash-realtime",
        "/p?,mine,/p?model=mine",
        "/p?models=x,mine,/p?models=x&model=mine"
    })
    void namesOneModel(String path, @Nullable String ofBuilder, String asked) {
        AtomicReference<String> uri = new AtomicReference<>();
        DisposableServer server = answering(404, "", uri, new HttpHeaders[1]);
        QwenAsrClient.Builder builder = QwenAsrClient.builder(Endpoint.of("ws://127.0.0.1:" + server.port() + path));
        if (ofBuilder != null) {
            builder.model(ofBuilder);
        }
        QwenAsrClient client = builder.build();
        StepVerifier.create(client.transcribe(audio())).expectError().verify(LIMIT);
        assertThat(uri.get()).isEqualTo(asked);
        StepVerifier.create(client.transcribe(
                        audio(), SessionOptions.builder().model("other").build()))
                .expectError()
                .verify(LIMIT);
        assertThat(uri.get()).containsOnlyOnce("model=").endsWith("model=other");
        server.disposeNow(LIMIT);
    }

    @Test
    void refusesAModelThatIsNotTheOneOfTheEndpoint() {
        QwenAsrClient.Builder builder =
                QwenAsrClient.builder(Endpoint.of("ws://host/x?model=mine")).model("yours");
        assertThatThrownBy(builder::build)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("mine")
                .hasMessageContaining("yours");
    }

    @Test
    void keepsTheBeginningOfALargeBody() {
        DisposableServer server = answering(500, "a".repeat(50_000), new AtomicReference<>(), new HttpHeaders[1]);
        QwenAsrClient client = QwenAsrClient.builder(Endpoint.of("ws://127.0.0.1:" + server.port() + "/x"))
                .build();
        StepVerifier.create(client.transcribe(audio()))
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOfSatisfying(HandshakeRejectedException.class, rejected -> {
                            assertThat(rejected.status()).isEqualTo(500);
                            assertThat(rejected.body()).startsWith("aaaa").hasSizeLessThanOrEqualTo(4_096);
                        }))
                .verify(LIMIT);
    }

    @Test
    void sendsTheDocumentedHeadersAndModel() {
        AtomicReference<String> uri = new AtomicReference<>();
        HttpHeaders[] seen = new HttpHeaders[1];
        DisposableServer server = answering(404, "", uri, seen);
        QwenAsrClient client = QwenAsrClient.builder(Endpoint.of("ws://127.0.0.1:" + server.port() + "/p?tenant=a"))
                .apiKey(" key-1\n")
                .workspace("ws-7")
                .dataInspection(true)
                .model("model/1")
                .userAgent("tests")
                .build();
        StepVerifier.create(client.transcribe(audio())).expectError().verify(LIMIT);
        assertThat(uri.get()).isEqualTo("/p?tenant=a&model=model%2F1");
        assertThat(seen[0].get("Authorization")).isEqualTo("Bearer key-1");
        assertThat(seen[0].get("X-DashScope-WorkSpace")).isEqualTo("ws-7");
        assertThat(seen[0].get("X-DashScope-DataInspection")).isEqualTo("enable");
        assertThat(seen[0].getAll("user-agent")).containsExactly("tests");
        assertThat(seen[0].contains("Sec-WebSocket-Extensions")).isFalse();

        StepVerifier.create(client.transcribe(
                        audio(), SessionOptions.builder().model("other").build()))
                .expectError()
                .verify(LIMIT);
        assertThat(uri.get()).endsWith("model=other");
    }

    @Test
    void readsTheKeyForEachConnection() {
        RunningServer server =
                servers.start(QwenAsrServer.builder(new CountingTranscriber()).apiKeys(List.of("key-2")));
        AtomicInteger reads = new AtomicInteger();
        QwenAsrClient client = QwenAsrClient.builder(server.endpoint())
                .apiKey(() -> "key-" + reads.incrementAndGet())
                .build();
        assertThat(client.transcribe(audio())
                        .retry(1)
                        .ofType(TranscriptionEvent.Final.class)
                        .count()
                        .block(LIMIT))
                .isEqualTo(2);
        assertThat(reads).hasValue(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "  ", "two words", "line\nbreak"})
    void refusesAKeyThatIsNone(String key) {
        QwenAsrClient client =
                QwenAsrClient.builder(Endpoint.beijing()).apiKey(key).build();
        StepVerifier.create(client.transcribe(audio()))
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("key"))
                .verify(LIMIT);
    }

    @Test
    void givesUpOnAServerThatNeverAnswers() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            silent.setSoTimeout((int) LIMIT.toMillis());
            QwenAsrClient client = QwenAsrClient.builder(Endpoint.of("ws://127.0.0.1:" + silent.getLocalPort() + "/x"))
                    .handshakeTimeout(Duration.ofSeconds(2))
                    .build();
            StepVerifier.create(client.transcribe(audio()))
                    .expectErrorSatisfies(e -> assertThat(e)
                            .isInstanceOfSatisfying(SessionTimeoutException.class, timeout -> {
                                assertThat(timeout.phase()).isEqualTo(SessionPhase.CONNECTING);
                                assertThat(timeout.awaited()).isEqualTo(SessionTimeoutException.Awaited.HANDSHAKE);
                                assertThat(timeout.isRetryable()).isTrue();
                            }))
                    .verify(LIMIT);
            // The connection is given up too: the peer reads its end.
            try (var peer = silent.accept()) {
                peer.setSoTimeout((int) LIMIT.toMillis());
                InputStream in = peer.getInputStream();
                while (in.read() >= 0) {
                    assertThat(peer.isClosed()).isFalse();
                }
            }
        }
    }

    /** Knows no host, and does not ask a name server, which may take its time. */
    private static final class KnowsNobody extends AddressResolverGroup<InetSocketAddress> {
        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new InetSocketAddressResolver(executor, new InetNameResolver(executor) {
                @Override
                protected void doResolve(String name, Promise<InetAddress> promise) {
                    promise.setFailure(new UnknownHostException(name));
                }

                @Override
                protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
                    promise.setFailure(new UnknownHostException(name));
                }
            });
        }
    }

    @Test
    void tellsThatAHostIsUnknown() {
        QwenAsrClient client = QwenAsrClient.builder(Endpoint.of("ws://no-such-host.invalid/x"))
                .httpClient(HttpClient.newConnection().resolver(new KnowsNobody()))
                .build();
        StepVerifier.create(client.transcribe(audio()))
                .expectErrorSatisfies(e ->
                        assertThat(e).isInstanceOf(ConnectException.class).hasMessageContaining("no-such-host.invalid"))
                .verify(LIMIT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"http://host/x", "host", "ws:///x", "ws://user:pw@host/x", "ws://host/x#f", "ws://ho st/x", ""})
    void refusesWhatIsNoEndpoint(String uri) {
        assertThatThrownBy(() -> Endpoint.of(uri))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("endpoint");
    }

    @Test
    void knowsTheHostedEndpoints() {
        assertThat(Endpoint.beijing().uri()).isEqualTo(URI.create("wss://dashscope.aliyuncs.com/api-ws/v1/realtime"));
        assertThat(Endpoint.singaporeLegacy().uri())
                .isEqualTo(URI.create("wss://dashscope-intl.aliyuncs.com/api-ws/v1/realtime"));
        assertThat(Endpoint.beijingWorkspace("llm-1").uri())
                .isEqualTo(URI.create("wss://llm-1.cn-beijing.maas.aliyuncs.com/api-ws/v1/realtime"));
        assertThat(Endpoint.singaporeWorkspace("llm-1").uri())
                .isEqualTo(URI.create("wss://llm-1.ap-southeast-1.maas.aliyuncs.com/api-ws/v1/realtime"));
        assertThatThrownBy(() -> Endpoint.beijingWorkspace("a.b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void speaksTls(@TempDir Path dir) throws Exception {
        KeyStore store = selfSigned(dir.resolve("server.p12"));
        KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(store, "changeit".toCharArray());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        RunningServer server = servers.start(QwenAsrServer.builder(new CountingTranscriber())
                .host("localhost")
                .tls(SslContextBuilder.forServer(keys).build()));
        assertThat(server.uri().getScheme()).isEqualTo("wss");
        var trusting = SslContextBuilder.forClient().trustManager(trust).build();
        QwenAsrClient client = QwenAsrClient.builder(server.endpoint())
                .httpClient(HttpClient.newConnection().secure(spec -> spec.sslContext(trusting)))
                .build();
        assertThat(client.transcribe(audio())
                        .ofType(TranscriptionEvent.Final.class)
                        .count()
                        .block(LIMIT))
                .isEqualTo(2);
        StepVerifier.create(QwenAsrClient.builder(server.endpoint()).build().transcribe(audio()))
                .expectErrorSatisfies(
                        e -> assertThat(e).isInstanceOf(ConnectException.class).hasMessageContaining("TLS"))
                .verify(LIMIT);
    }

    private static KeyStore selfSigned(Path file) throws Exception {
        Path keytool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        Process process = new ProcessBuilder(
                        keytool.toString(),
                        "-genkeypair",
                        "-alias",
                        "server",
                        "-keyalg",
                        "EC",
                        "-dname",
                        "CN=localhost",
                        "-ext",
                        "SAN=dns:localhost,ip:127.0.0.1",
                        "-storetype",
                        "PKCS12",
                        "-keystore",
                        file.toString(),
                        "-storepass",
                        "changeit")
                .redirectErrorStream(true)
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, "changeit".toCharArray());
        }
        return store;
    }
}
