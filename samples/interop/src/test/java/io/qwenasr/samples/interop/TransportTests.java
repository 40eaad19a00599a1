package io.qwenasr.samples.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringSocketChannel;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.netty.http.client.HttpClient;

/** Which transport is used where the jar of io_uring is on the class path. */
class TransportTests {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private final Queue<Class<?>> accepted = new ConcurrentLinkedQueue<>();
    private final Queue<String> threads = new ConcurrentLinkedQueue<>();
    private RunningServer server;

    @BeforeEach
    void start() {
        assumeTrue(IoUring.isAvailable(), () -> "this kernel has no io_uring: " + IoUring.unavailabilityCause());
        server = QwenAsrServer.builder(ScriptedTranscriber.finals("one"))
                .httpServer(
                        http -> http.doOnChannelInit((observer, channel, remote) -> accepted.add(channel.getClass())))
                .build()
                .start()
                .block(LIMIT);
    }

    @AfterEach
    void stop() {
        if (server != null) {
            server.stop(Duration.ofSeconds(1)).block(LIMIT);
        }
    }

    private List<String> run(QwenAsrClient client) {
        return client.transcribe(Flux.range(0, 20).map(i -> ByteBuffer.allocate(3_200)))
                .ofType(TranscriptionEvent.Final.class)
                .map(TranscriptionEvent.Final::transcript)
                .doOnNext(text -> threads.add(Thread.currentThread().getName()))
                .collectList()
                .block(LIMIT);
    }

    @Test
    void isEpollUnlessAskedOtherwise() {
        assertThat(run(QwenAsrClient.builder(server.endpoint()).build())).containsExactly("one");
        assertThat(accepted).containsOnly(EpollSocketChannel.class);
        assertThat(threads).allSatisfy(name -> assertThat(name).startsWith("qwen-asr-epoll"));
    }

    @Test
    void isIoUringIfAClientIsGivenThatUsesIt() {
        Queue<Class<?>> opened = new ConcurrentLinkedQueue<>();
        HttpClient client = HttpClient.newConnection()
                .doOnChannelInit((observer, channel, remote) -> opened.add(channel.getClass()));
        assertThat(run(QwenAsrClient.builder(server.endpoint())
                        .httpClient(client)
                        .build()))
                .containsExactly("one");
        assertThat(opened).containsOnly(IoUringSocketChannel.class);
    }
}
