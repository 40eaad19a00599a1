package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.resolver.InetSocketAddressResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionTimeoutException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.ConnectionPoolMetrics;
import reactor.netty.resources.ConnectionProvider;
import reactor.netty.resources.LoopResources;
import reactor.test.StepVerifier;

class ConnectionAttemptTests {

    private static final Duration LIMIT = Duration.ofSeconds(30);

    @RegisterExtension
    final Servers servers = new Servers();

    /** Resolves any name to an address where nothing listens and then to one where the servers are. */
    private static final class TwoAddresses extends AddressResolverGroup<InetSocketAddress> {
        private static InetAddress loopback(int last) throws UnknownHostException {
            return InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) last});
        }

        @Override
        protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
            return new InetSocketAddressResolver(executor, new InetNameResolver(executor) {
                @Override
                protected void doResolve(String name, Promise<InetAddress> promise) throws UnknownHostException {
                    promise.setSuccess(loopback(2));
                }

                @Override
                protected void doResolveAll(String name, Promise<List<InetAddress>> promise)
                        throws UnknownHostException {
                    promise.setSuccess(List.of(loopback(2), loopback(1)));
                }
            });
        }
    }

    @Test
    void triesTheOtherAddressesOfAHost() {
        RunningServer server = servers.start(QwenAsrServer.builder(new CountingTranscriber()));
        QwenAsrClient client = QwenAsrClient.builder(
                        Endpoint.of("ws://two.test:" + server.address().getPort() + Endpoint.PATH))
                .httpClient(HttpClient.newConnection().resolver(new TwoAddresses()))
                .build();
        StepVerifier.create(client.transcribe(Flux.just(ByteBuffer.allocate(3_200))))
                .thenConsumeWhile(event -> true)
                .expectComplete()
                .verify(LIMIT);
    }

    /** An address that answers no connection is an accept queue that is full. */
    @Test
    void leavesTimeForTheAddressAfterOneThatDoesNotAnswer() throws Exception {
        RunningServer server = servers.start(QwenAsrServer.builder(new CountingTranscriber()));
        int port = server.address().getPort();
        List<Socket> queued = new ArrayList<>();
        try (ServerSocket hole = new ServerSocket(port, 1, TwoAddresses.loopback(2))) {
            fill(hole, queued);
            QwenAsrClient client = QwenAsrClient.builder(Endpoint.of("ws://two.test:" + port + Endpoint.PATH))
                    .httpClient(HttpClient.newConnection().resolver(new TwoAddresses()))
                    .handshakeTimeout(LIMIT)
                    .connectTimeout(Duration.ofMillis(200))
                    .build();
            StepVerifier.create(client.transcribe(Flux.just(ByteBuffer.allocate(3_200))))
                    .thenConsumeWhile(event -> true)
                    .expectComplete()
                    .verify(LIMIT);
        } finally {
            for (Socket socket : queued) {
                socket.close();
            }
        }
    }

    private static void fill(ServerSocket hole, List<Socket> queued) throws IOException {
        boolean answers = true;
        while (answers) {
            Socket socket = new Socket();
            queued.add(socket);
            assertThat(queued).hasSizeLessThan(20);
            try {
                socket.connect(hole.getLocalSocketAddress(), 300);
            } catch (SocketTimeoutException full) {
                answers = false;
            }
        }
    }

    @ParameterizedTest
    @CsvSource({",,5000", ",PT2S,2000", "777,PT2S,777"})
    void connectsWithinTheTimeoutThatIsSet(@Nullable Integer ofHttpClient, @Nullable Duration ofBuilder, int expected) {
        Queue<Channel> channels = new ConcurrentLinkedQueue<>();
        RunningServer server = servers.start(QwenAsrServer.builder(new CountingTranscriber()));
        HttpClient http =
                HttpClient.newConnection().doOnChannelInit((observer, channel, remote) -> channels.add(channel));
        if (ofHttpClient != null) {
            http = http.option(ChannelOption.CONNECT_TIMEOUT_MILLIS, ofHttpClient);
        }
        QwenAsrClient.Builder builder = QwenAsrClient.builder(server.endpoint()).httpClient(http);
        if (ofBuilder != null) {
            builder.connectTimeout(ofBuilder);
        }
        builder.build()
                .transcribe(Flux.just(ByteBuffer.allocate(3_200)))
                .collectList()
                .block(LIMIT);
        assertThat(channels)
                .singleElement()
                .satisfies(channel ->
                        assertThat(channel.config().getConnectTimeoutMillis()).isEqualTo(expected));
    }

    @Test
    void hasOnePoolForAllSessions() {
        RunningServer server = servers.start(QwenAsrServer.builder(new CountingTranscriber()));
        Queue<ConnectionPoolMetrics> pools = new ConcurrentLinkedQueue<>();
        ConnectionProvider pool = poolOfOne(pools);
        QwenAsrClient client = QwenAsrClient.builder(server.endpoint())
                .httpClient(HttpClient.create(pool))
                .apiKey(() -> "key-" + System.nanoTime())
                .build();
        for (String model : List.of("a", "b", "c")) {
            client.transcribe(
                            Flux.just(ByteBuffer.allocate(3_200)),
                            SessionOptions.builder().model(model).build())
                    .collectList()
                    .block(LIMIT);
        }
        assertThat(pools).hasSize(1);
        pool.disposeLater().block(LIMIT);
    }

    private static ConnectionProvider poolOfOne(Queue<ConnectionPoolMetrics> pools) {
        return ConnectionProvider.builder("one")
                .maxConnections(1)
                .metrics(true, () -> (name, id, remote, metrics) -> pools.add(metrics))
                .build();
    }

    @Test
    void keepsToTheLimitOfAPool() {
        RunningServer server = servers.start(QwenAsrServer.builder(new CountingTranscriber()));
        Queue<ConnectionPoolMetrics> pools = new ConcurrentLinkedQueue<>();
        ConnectionProvider pool = poolOfOne(pools);
        QwenAsrClient client = QwenAsrClient.builder(server.endpoint())
                .httpClient(HttpClient.create(pool))
                .build();
        Sinks.Empty<Void> hangUp = Sinks.empty();
        Flux<ByteBuffer> call =
                Flux.just(ByteBuffer.allocate(3_200)).concatWith(hangUp.asMono().then(Mono.empty()));
        CountDownLatch first = new CountDownLatch(1);
        Mono<Void> one = client.transcribe(call)
                .doOnNext(event -> first.countDown())
                .then()
                .cache();
        one.subscribe();
        Await.until("the first session has begun", () -> first.getCount() == 0);
        Mono<Void> two =
                client.transcribe(Flux.just(ByteBuffer.allocate(3_200))).then().cache();
        two.subscribe();
        Await.until(
                "the second session waits",
                () -> pools.stream().anyMatch(metrics -> metrics.pendingAcquireSize() == 1));
        hangUp.tryEmitEmpty();
        Mono.when(one, two).block(LIMIT);
        pool.disposeLater().block(LIMIT);
    }

    @Test
    void closesAChannelThatIsMadeAfterTheDeadline() throws Exception {
        LoopResources loops = LoopResources.create("late", 1, true);
        CountDownLatch busy = new CountDownLatch(1);
        Queue<Channel> channels = new ConcurrentLinkedQueue<>();
        try (ServerSocket silent = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            HttpClient http = HttpClient.newConnection()
                    .runOn(loops)
                    .doOnChannelInit((observer, channel, remote) -> channels.add(channel));
            long deadline = System.nanoTime() + LIMIT.multipliedBy(2).toNanos();
            // Spins without a pause: BlockHound takes even onSpinWait for blocking.
            Future<?> spin = loops.onClient(LoopResources.DEFAULT_NATIVE).next().submit(() -> {
                boolean hold = true;
                while (hold) {
                    hold = busy.getCount() > 0 && System.nanoTime() < deadline;
                }
            });
            QwenAsrClient client = QwenAsrClient.builder(Endpoint.of("ws://127.0.0.1:" + silent.getLocalPort() + "/x"))
                    .httpClient(http)
                    .handshakeTimeout(Duration.ofMillis(50))
                    .build();
            StepVerifier.create(client.transcribe(Flux.just(ByteBuffer.allocate(3_200))))
                    .expectError(SessionTimeoutException.class)
                    .verify(LIMIT);
            assertThat(spin.isDone()).isFalse();
            assertThat(channels).isEmpty();
            busy.countDown();
            Channel late = Await.next("the channel", channels);
            assertThat(late.closeFuture().await(LIMIT.toMillis())).isTrue();
        } finally {
            busy.countDown();
            loops.disposeLater(Duration.ZERO, LIMIT).block(LIMIT.plusSeconds(10));
        }
    }

    @Test
    void asksForNoKeyWhenTheAudioHasFailedAlready() {
        AtomicInteger asked = new AtomicInteger();
        QwenAsrClient client = QwenAsrClient.builder(Endpoint.of("ws://127.0.0.1:1/x"))
                .apiKey(() -> "key-" + asked.incrementAndGet())
                .build();
        StepVerifier.create(client.transcribe(Flux.<ByteBuffer>error(new IllegalStateException("no microphone"))))
                .expectErrorMessage("no microphone")
                .verify(LIMIT);
        assertThat(asked).hasValue(0);
    }

    @Test
    void keepsTheKeyOutOfWhatAServerEchoes() {
        String key = "sk-4711-do-not-tell";
        DisposableServer echo = servers.bind(HttpServer.create()
                .host("127.0.0.1")
                .port(0)
                .handle((request, response) -> response.status(401)
                        .header(
                                "www-authenticate",
                                "not " + request.requestHeaders().get("authorization"))
                        .sendString(
                                Mono.just("wrong: " + request.requestHeaders().get("authorization")))));
        QwenAsrClient client = QwenAsrClient.builder(Endpoint.of("ws://127.0.0.1:" + echo.port() + "/x"))
                .apiKey(key)
                .build();
        StepVerifier.create(client.transcribe(Flux.just(ByteBuffer.allocate(3_200))))
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOfSatisfying(HandshakeRejectedException.class, rejected -> {
                            assertThat(rejected.getMessage())
                                    .contains("wrong: ")
                                    .doesNotContain(key);
                            assertThat(rejected.body()).doesNotContain(key);
                            assertThat(rejected.header("www-authenticate")).doesNotContain(key);
                        }))
                .verify(LIMIT);
    }
}
