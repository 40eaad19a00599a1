package io.qwenasr.reactor.test;

import static io.qwenasr.reactor.test.TestSignals.MANUAL;
import static io.qwenasr.reactor.test.TestSignals.VAD;
import static io.qwenasr.reactor.test.TestSignals.chunks;
import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioSignal;
import io.qwenasr.ServerErrorException;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Scripts behind a server, over a real socket. */
class ScriptedServerTests {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private RunningServer server;

    private QwenAsrClient serving(ScriptedTranscriber asr) {
        server = QwenAsrServer.builder(asr).build().start().block(LIMIT);
        return QwenAsrClient.builder(server.endpoint()).build();
    }

    @AfterEach
    void stop() {
        server.stop(Duration.ofSeconds(5)).block(LIMIT);
    }

    @Test
    void readsTheSameOverASocket() {
        byte[] noise = TestSignals.noise(5_000, 7);
        Flux<AudioSignal> audio = Flux.range(0, 50)
                .map(i -> AudioSignal.chunk(
                        ByteBuffer.wrap(noise, i * 3_200, 3_200).slice()));
        for (SessionOptions options : List.of(VAD, MANUAL)) {
            List<Final> direct = ScriptedTranscriber.digest()
                    .transcribe(audio, options)
                    .ofType(Final.class)
                    .collectList()
                    .block(LIMIT);
            ScriptedTranscriber asr = ScriptedTranscriber.digest();
            List<Final> remote = serving(asr)
                    .transcribe(audio, options)
                    .ofType(Final.class)
                    .collectList()
                    .block(LIMIT);
            stop();
            assertThat(remote).isEqualTo(direct).hasSize(1);
            assertThat(asr.session(1).audio()).isEqualTo(noise);
            assertThat(asr.session(1).options().isManual()).isEqualTo(options.isManual());
        }
    }

    @Test
    void tellsTheClientOfAFailure() {
        ScriptedTranscriber asr = ScriptedTranscriber.script()
                .at(Duration.ofMillis(300))
                .fail(new IllegalStateException("on fire"))
                .build();
        StepVerifier.create(serving(asr).transcribe(chunks(5).concatWith(Flux.never()), VAD))
                .expectNextCount(1)
                .expectErrorSatisfies(e ->
                        assertThat(e).isInstanceOf(ServerErrorException.class).hasMessageNotContaining("on fire"))
                .verify(LIMIT);
    }

    @Test
    void seesTheClientCancel() {
        ScriptedTranscriber asr = ScriptedTranscriber.script().hang().build();
        StepVerifier.create(serving(asr).transcribe(chunks(5).concatWith(Flux.never()), VAD))
                .expectNextCount(1)
                .then(() -> TestSignals.await("a session", () -> !asr.sessions().isEmpty()))
                .thenCancel()
                .verify(LIMIT);
        assertThat(asr.session(1).whenEnded().block(LIMIT)).isEqualTo(ScriptedSession.End.CANCELLED);
    }
}
