package io.qwenasr.reactor.observation;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Await;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.SessionListener;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.resume.ResumingTranscriber;
import io.qwenasr.reactor.test.FaultProxy;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import io.qwenasr.session.ClientSession;
import io.qwenasr.session.ClientSessionSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** How much audio there is between a source and its socket. */
class InFlightTests {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int CHUNK = 3_200;
    private static final double WINDOW_SECONDS = 0.5;
    private static final double CHUNK_SECONDS = 0.1;

    private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
    private RunningServer server;

    @BeforeEach
    void start() {
        server = QwenAsrServer.builder(ScriptedTranscriber.finals("words"))
                .build()
                .start()
                .block(LIMIT);
    }

    @AfterEach
    void stop() {
        server.stop(Duration.ZERO).block(LIMIT);
        meters.close();
    }

    private static Flux<ByteBuffer> audio(int chunks) {
        return Flux.range(0, chunks).map(i -> ByteBuffer.allocate(CHUNK));
    }

    @Test
    void isCountedUpToTheWindowWhileThePeerTakesNothing() {
        try (FaultProxy proxy =
                FaultProxy.builder(server.endpoint()).socketBufferBytes(65_536).start()) {
            QwenAsrClient client = QwenAsrClient.builder(proxy.endpoint())
                    .session(ClientSessionSettings.DEFAULTS
                            .withWindowAudio(Duration.ofMillis((long) (WINDOW_SECONDS * 1_000)))
                            .withKeepAliveInterval(Duration.ZERO))
                    .build();
            int all = 3_000;
            Mono<Long> events = ObservedTranscriber.of(client)
                    .meters(meters)
                    .transcribe(audio(all))
                    .doOnNext(event -> {
                        if (event instanceof TranscriptionEvent.SessionReady) {
                            proxy.stall();
                        }
                    })
                    .count()
                    .cache();
            events.subscribe();
            Await.until("the window is full", () -> inFlight().max() > WINDOW_SECONDS / 2);
            proxy.resume();
            events.block(LIMIT);

            assertThat(inFlight().count()).isEqualTo(all);
            assertThat(inFlight().max()).isLessThanOrEqualTo(WINDOW_SECONDS + CHUNK_SECONDS);
        }
    }

    private DistributionSummary inFlight() {
        return meters.get("qwen.asr.append.in.flight").tag("mode", "vad").summary();
    }

    @Test
    void eachSessionOfOneSubscriberAndItsLossAreHeardOf() {
        try (FaultProxy proxy = FaultProxy.builder(server.endpoint()).start()) {
            List<ClientSession> sessions = new ArrayList<>();
            List<Throwable> losses = new ArrayList<>();
            SessionListener listener = new SessionListener() {
                @Override
                public void onSession(ClientSession session) {
                    sessions.add(session);
                }

                @Override
                public void onLost(Throwable cause) {
                    losses.add(cause);
                }
            };
            Transcriber resuming = ResumingTranscriber.of(
                    QwenAsrClient.builder(proxy.endpoint()).build());
            TranscriptionEvent.Reconnected again = ObservedTranscriber.of(resuming)
                    .meters(meters)
                    .transcribe(audio(20))
                    .doOnNext(event -> {
                        if (event instanceof TranscriptionEvent.SessionReady) {
                            proxy.resetAll();
                        }
                    })
                    .contextWrite(listener::in)
                    .ofType(TranscriptionEvent.Reconnected.class)
                    .blockLast(LIMIT);

            assertThat(sessions).hasSize(2).doesNotHaveDuplicates();
            assertThat(losses).containsExactly(again.cause());
        }
    }
}
