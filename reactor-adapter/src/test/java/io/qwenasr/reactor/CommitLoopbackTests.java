package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;

/** Each utterance gets its own final, over a real socket. */
class CommitLoopbackTests {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final AudioFormat FORMAT = AudioFormat.PCM_16K;

    private RunningServer server;

    @BeforeEach
    void start() {
        server =
                QwenAsrServer.builder(new CountingTranscriber()).build().start().block(LIMIT);
    }

    @AfterEach
    void stop() {
        server.stop(Duration.ofSeconds(5)).block(LIMIT);
    }

    private Flux<String> finals(Flux<AudioSignal> signals) {
        return QwenAsrClient.builder(server.endpoint())
                .build()
                .transcribe(
                        signals,
                        SessionOptions.builder().format(FORMAT).manual().build())
                .ofType(TranscriptionEvent.Final.class)
                .map(f -> f.itemId() + " " + f.transcript());
    }

    private static Flux<ByteBuffer> audio(int bytes) {
        return Signals.randomChunks(new byte[bytes], 5_000, new Random(5));
    }

    @Test
    void wholeStream() {
        StepVerifier.create(finals(audio(100_001).transform(CommitBoundaries.atEnd(FORMAT))))
                .expectNext("item_1 100000 bytes")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void fixedLength() {
        Duration length = Duration.ofMillis(1_001);
        StepVerifier.create(finals(audio(100_000).transform(CommitBoundaries.every(length, FORMAT))))
                .expectNext("item_1 32032 bytes", "item_2 32032 bytes", "item_3 32032 bytes", "item_4 3904 bytes")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void pushToTalk() {
        Sinks.Many<ByteBuffer> microphone = Sinks.many().unicast().onBackpressureBuffer();
        Sinks.Many<String> button = Sinks.many().unicast().onBackpressureBuffer();
        Flux<AudioSignal> signals = microphone
                .asFlux()
                .transform(CommitBoundaries.when(button.asFlux(), FORMAT))
                .doOnNext(signal -> {
                    if (signal instanceof AudioSignal.Chunk chunk
                            && chunk.audio().remaining() == 3_000) {
                        button.tryEmitNext("released").orThrow();
                    }
                });
        StepVerifier.create(finals(signals))
                .then(() -> speak(microphone, 1_001, 2_998, 3_000))
                .expectNext("item_1 6998 bytes")
                .then(() -> speak(microphone, 3_000))
                .expectNext("item_2 3000 bytes")
                .then(() -> speak(microphone, 499))
                .then(() -> microphone.tryEmitComplete().orThrow())
                .expectNext("item_3 500 bytes")
                .expectComplete()
                .verify(LIMIT);
    }

    private static void speak(Sinks.Many<ByteBuffer> microphone, int... sizes) {
        for (int size : sizes) {
            microphone.tryEmitNext(ByteBuffer.allocate(size)).orThrow();
        }
    }

    /** The frame after each sudden end is still loud, since the detector's filter rings. */
    @Test
    void silence() {
        byte[] speech = Signals.bursts(FORMAT, new Random(3), 500, 700, 600, 1_000, 450);
        Flux<ByteBuffer> chunks = Signals.randomChunks(speech, 5_000, new Random(5));
        StepVerifier.create(finals(chunks.transform(CommitBoundaries.onSilence(Duration.ofMillis(400), FORMAT))))
                .expectNext("item_1 51840 bytes", "item_2 51200 bytes", "item_3 960 bytes")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void utterances() {
        Flux<Flux<ByteBuffer>> utterances = Flux.just(audio(10_000), Flux.empty(), audio(200_000), audio(2));
        StepVerifier.create(finals(CommitBoundaries.utterances(utterances, FORMAT)))
                .expectNext("item_1 10000 bytes", "item_2 200000 bytes", "item_3 2 bytes")
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void commitsAreRefusedBeforeConnectingWhereTheServerDetectsTheTurns() {
        CommitBoundaries each = CommitBoundaries.every(Duration.ofSeconds(1), FORMAT);
        Flux<AudioSignal> cut = audio(100_000).transform(each);
        for (Flux<AudioSignal> signals : List.of(
                cut,
                Pacing.none().apply(cut.filter(signal -> true), FORMAT),
                Pacing.realTime().apply(cut.distinct(), FORMAT).doOnNext(signal -> {}),
                CommitBoundaries.utterances(Flux.just(audio(100_000)), FORMAT))) {
            AtomicInteger asked = new AtomicInteger();
            QwenAsrClient client = QwenAsrClient.builder(server.endpoint())
                    .apiKey(() -> "key" + asked.incrementAndGet())
                    .build();
            StepVerifier.create(client.transcribe(signals, SessionOptions.defaults()))
                    .expectErrorSatisfies(error -> assertThat(error)
                            .isInstanceOf(InvalidSignalException.class)
                            .hasMessageContaining("TurnDetection.manual()"))
                    .verify(LIMIT);
            assertThat(asked).as("connections").hasValue(0);
        }
    }
}
