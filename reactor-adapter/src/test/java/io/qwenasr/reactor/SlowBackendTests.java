package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.session.ClientSessionSettings;
import io.qwenasr.session.ServerSessionSettings;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.netty.http.client.HttpClient;

/** A client that sends more than the transcriber behind the server takes, so that the server stops reading. */
class SlowBackendTests {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration HEARTBEAT = Duration.ofMillis(100);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(1);
    private static final SessionOptions MANUAL =
            SessionOptions.builder().manual().build();

    private final LazyRecording recording = new LazyRecording(Duration.ofMinutes(1));
    private final AtomicReference<Channel> accepted = new AtomicReference<>();
    private final AtomicInteger readsOfClient = new AtomicInteger();
    private final Sinks.Many<Integer> steps = Sinks.many().unicast().onBackpressureBuffer();

    private final RunningServer server = QwenAsrServer.builder(
                    (audio, options) -> new CountingTranscriber().transcribe(oneForEachStep(audio), options))
            .session(ServerSessionSettings.DEFAULTS
                    .withMaxQueuedAudioBytes(10 * LazyRecording.CHUNK)
                    .withHeartbeatInterval(HEARTBEAT))
            .httpServer(http -> http.doOnConnection(connection -> accepted.set(connection.channel())))
            .build()
            .start()
            .block(LIMIT);

    private Flux<AudioSignal> oneForEachStep(Publisher<? extends AudioSignal> audio) {
        return Flux.<AudioSignal>from(audio).zipWith(steps.asFlux(), 1, (signal, step) -> signal);
    }

    @AfterEach
    void stop() {
        server.stop(Duration.ZERO).block(LIMIT);
    }

    private Flux<TranscriptionEvent> transcribe() {
        HttpClient counting = HttpClient.newConnection()
                .doOnConnected(connection -> connection
                        .channel()
                        .pipeline()
                        .addFirst("reads", new ChannelInboundHandlerAdapter() {
                            @Override
                            public void channelRead(ChannelHandlerContext ctx, Object msg) {
                                readsOfClient.incrementAndGet();
                                ctx.fireChannelRead(msg);
                            }
                        }));
        Flux<AudioSignal> signals = recording.audio().transform(CommitBoundaries.atEnd(AudioFormat.PCM_16K));
        return QwenAsrClient.builder(server.endpoint())
                .httpClient(counting)
                .session(ClientSessionSettings.DEFAULTS
                        .withKeepAliveInterval(KEEP_ALIVE)
                        .withKeepAliveTimeout(KEEP_ALIVE))
                .build()
                .transcribe(signals, MANUAL);
    }

    private void awaitFull() {
        // Audio is asked for once the session is ready, which reads by then.
        Await.until(
                "the server stops reading",
                () -> recording.pulled() > 0 && !accepted.get().config().isAutoRead());
    }

    private void step() {
        steps.tryEmitNext(1).orThrow();
    }

    @Test
    void showsAClientThatItIsThereAlthoughItDoesNotReadItsPings() {
        Mono<TranscriptionEvent.Final> transcript =
                transcribe().ofType(TranscriptionEvent.Final.class).single().cache();
        Disposable session = transcript.subscribe(heard -> {}, failed -> {});
        awaitFull();
        long heartbeats = KEEP_ALIVE.multipliedBy(4).dividedBy(HEARTBEAT);
        for (int i = 0; i < heartbeats; i++) {
            int before = readsOfClient.get();
            Await.until("a heartbeat", () -> readsOfClient.get() > before || session.isDisposed());
        }
        assertThat(accepted.get().config().isAutoRead()).isFalse();
        for (long i = 0; i < recording.bytes() / LazyRecording.CHUNK + 1; i++) {
            step();
        }
        assertThat(transcript.block(LIMIT).transcript()).isEqualTo(recording.bytes() + " bytes");
    }

    @Test
    void noticesThatAClientIsGoneAlthoughItDoesNotReadItsClose() {
        Disposable session = transcribe().subscribe(event -> {}, failed -> {});
        awaitFull();
        assertThat(server.sessions()).isOne();
        session.dispose();
        Await.until("the session ends", () -> server.sessions() == 0);
    }
}
