package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.ConnectException;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.QwenAsrException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.TranscriptionEvent;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** Client and server over a real loopback socket. */
class LoopbackTests {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int CHUNK = 3_200;

    private RunningServer server;

    @BeforeEach
    void start() {
        server = QwenAsrServer.builder(new CountingTranscriber())
                .apiKeys(List.of("right-key", "other-key"))
                .build()
                .start()
                .block(LIMIT);
    }

    @AfterEach
    void stop() {
        server.stop(Duration.ofSeconds(5)).block(LIMIT);
    }

    private QwenAsrClient client() {
        return QwenAsrClient.builder(server.endpoint()).apiKey("right-key").build();
    }

    private static Flux<ByteBuffer> audio(int chunks) {
        return Flux.range(0, chunks).map(i -> ByteBuffer.allocate(CHUNK));
    }

    private static Flux<String> finals(Flux<TranscriptionEvent> events) {
        return events.ofType(TranscriptionEvent.Final.class).map(f -> f.transcript() + " " + f.start() + " " + f.end());
    }

    @Test
    void detectsTurnsOnTheServer() {
        StepVerifier.create(client().transcribe(audio(25)))
                .expectNextMatches(e -> e instanceof TranscriptionEvent.SessionReady ready
                        && ready.sessionId().startsWith("sess_")
                        && QwenAsrClient.DEFAULT_MODEL.equals(ready.model()))
                .expectNext(new TranscriptionEvent.SpeechStarted("item_1", Duration.ZERO))
                .expectNext(new TranscriptionEvent.Partial("item_1", "3200", " bytes", "en", null))
                .thenConsumeWhile(TranscriptionEvent.Partial.class::isInstance)
                .expectNext(new TranscriptionEvent.SpeechStopped("item_1", Duration.ofSeconds(1)))
                .expectNext(new TranscriptionEvent.Committed("item_1", null))
                .expectNext(new TranscriptionEvent.Final(
                        "item_1", "32000 bytes", "en", null, Duration.ZERO, Duration.ofSeconds(1)))
                .thenConsumeWhile(e -> !(e instanceof TranscriptionEvent.Committed c
                        && c.itemId().equals("item_3")))
                .expectNext(new TranscriptionEvent.Committed("item_3", "item_2"))
                .expectNextMatches(e -> e instanceof TranscriptionEvent.Final f
                        && f.transcript().equals("16000 bytes"))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void commitsByHandAndAtTheEnd() {
        Flux<AudioSignal> signals = Flux.concat(
                audio(3).map(AudioSignal::chunk),
                Flux.just(AudioSignal.commit(), AudioSignal.commit()),
                audio(2).map(AudioSignal::chunk));
        StepVerifier.create(finals(client().transcribe(
                                signals, SessionOptions.builder().manual().build())))
                .expectNext("9600 bytes PT0S PT0.3S")
                .expectNext("6400 bytes PT0.3S PT0.5S")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void startsASessionForEachSubscription() {
        Flux<String> finals = finals(client().transcribe(audio(10)));
        StepVerifier.create(finals.concatWith(finals))
                .expectNext("32000 bytes PT0S PT1S", "32000 bytes PT0S PT1S")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void finishesWithoutAudio() {
        StepVerifier.create(client().transcribe(Flux.<ByteBuffer>empty()))
                .expectNextMatches(TranscriptionEvent.SessionReady.class::isInstance)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void putsSamplesCutInTheMiddleTogether() {
        Flux<ByteBuffer> odd = Flux.just(3, 0, 1, 5, 7).map(ByteBuffer::allocate);
        StepVerifier.create(finals(client().transcribe(odd)))
                .expectNext("16 bytes PT0S PT0S")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void takes8KilohertzAudioOnTheSameTimeline() {
        SessionOptions options =
                SessionOptions.builder().format(AudioFormat.PCM_8K).build();
        StepVerifier.create(finals(client().transcribe(audio(5), options)))
                .expectNext("16000 bytes PT0S PT1S")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void cutsLargeChunksAndKeepsEveryByte() {
        Flux<ByteBuffer> large = Flux.just(ByteBuffer.allocate(1_000_001), ByteBuffer.allocate(1));
        StepVerifier.create(finals(client().transcribe(
                                large, SessionOptions.builder().manual().build())))
                .expectNextMatches(f -> f.startsWith("1000002 bytes"))
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void honoursDemandOneByOne() {
        StepVerifier.create(client().transcribe(audio(30)).ofType(TranscriptionEvent.class), 0)
                .expectSubscription()
                .thenRequest(1)
                .expectNextMatches(TranscriptionEvent.SessionReady.class::isInstance)
                .thenRequest(1)
                .expectNextCount(1)
                .thenRequest(Long.MAX_VALUE)
                .thenConsumeWhile(e -> true)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void passesAnErrorOfTheAudioOn() {
        Flux<ByteBuffer> broken = audio(2).concatWith(Flux.error(new IllegalStateException("unplugged")));
        StepVerifier.create(client().transcribe(broken))
                .thenConsumeWhile(e -> true)
                .expectErrorMatches(e ->
                        e instanceof IllegalStateException && e.getMessage().equals("unplugged"))
                .verify(LIMIT);
    }

    @Test
    void refusesACommitWhileTheServerDetectsTurns() {
        StepVerifier.create(client().transcribe(Flux.just(AudioSignal.commit()), SessionOptions.defaults()))
                .thenConsumeWhile(e -> true)
                .expectError(InvalidSignalException.class)
                .verify(LIMIT);
    }

    @Test
    void tellsStatusAndBodyOfARefusedKey() {
        QwenAsrClient wrong = QwenAsrClient.builder(server.endpoint())
                .apiKey("wrong-key-0815")
                .build();
        StepVerifier.create(wrong.transcribe(audio(2)))
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOfSatisfying(HandshakeRejectedException.class, rejected -> {
                            assertThat(rejected.status()).isEqualTo(401);
                            assertThat(rejected.body()).contains("InvalidApiKey");
                            assertThat(rejected.isRetryable()).isFalse();
                            assertThat(rejected.phase()).isEqualTo(SessionPhase.CONNECTING);
                            assertThat(rejected.toString()).doesNotContain("0815");
                        }))
                .verify(LIMIT);
    }

    @Test
    void tellsThatNothingListens() throws Exception {
        // Taken, so that nobody else can listen there meanwhile.
        try (Socket taken = new Socket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            QwenAsrClient client = QwenAsrClient.builder(
                            Endpoint.of("ws://127.0.0.1:" + taken.getLocalPort() + Endpoint.PATH))
                    .build();
            StepVerifier.create(client.transcribe(audio(2)))
                    .expectErrorSatisfies(e -> assertThat(e)
                            .isInstanceOf(ConnectException.class)
                            .hasMessageContaining("nothing listens")
                            .extracting(t -> ((QwenAsrException) t).isRetryable())
                            .isEqualTo(true))
                    .verify(LIMIT);
        }
    }
}
