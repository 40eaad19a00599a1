package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.resolver.InetSocketAddressResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.Promise;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.SessionTimeoutException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
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
