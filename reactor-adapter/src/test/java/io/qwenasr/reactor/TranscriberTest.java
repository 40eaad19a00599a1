package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class TranscriberTest {

    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final ByteBuffer SECOND = ByteBuffer.allocate(32_000).asReadOnlyBuffer();

    private final List<SessionOptions> asked = new ArrayList<>();

    private final Transcriber asr = (audio, options) -> {
        asked.add(options);
        return new CountingTranscriber().transcribe(audio, options);
    };

    @Test
    void isAStepOfAFluxOfAudio() {
        Flux<ByteBuffer> audio = Flux.just(SECOND, SECOND);
        StepVerifier.create(audio.transform(asr::transcribe)
                        .ofType(TranscriptionEvent.Final.class)
                        .map(TranscriptionEvent.Final::transcript))
                .expectNext("32000 bytes", "32000 bytes")
                .expectComplete()
                .verify(BOUND);
        assertThat(asked).containsExactly(SessionOptions.defaults());
    }

    @Test
    void plainAudioInManualModeIsNeverLongerThanAnUtteranceMayBe() {
        List<String> sent = new ArrayList<>();
        Transcriber listening = (audio, options) -> Flux.from(audio)
                .doOnNext(signal -> sent.add(
                        signal instanceof AudioSignal.Chunk chunk
                                ? chunk.audio().remaining() + " bytes"
                                : signal.toString()))
                .thenMany(Flux.empty());
        SessionOptions manual = SessionOptions.builder().manual().build();
        StepVerifier.create(listening.transcribe(
                        Flux.just(SECOND).map(ByteBuffer::duplicate).repeat(69), manual))
                .expectComplete()
                .verify(BOUND);
        String commit = AudioSignal.commit().toString();
        assertThat(sent.indexOf(commit)).isEqualTo(60);
        assertThat(sent.lastIndexOf(commit)).isEqualTo(71);
        assertThat(sent).hasSize(72).filteredOn("32000 bytes"::equals).hasSize(70);
    }

    @Test
    void isAStepOfAFluxOfSignals() {
        Flux<AudioSignal> signals = Flux.just(AudioSignal.chunk(SECOND), AudioSignal.gap(Duration.ofMillis(7)))
                .concatWithValues(AudioSignal.chunk(SECOND));
        StepVerifier.create(signals.transform(asr::transcribeSignals)
                        .ofType(SpeechStarted.class)
                        .map(SpeechStarted::start))
                .expectNext(Duration.ZERO, Duration.ofMillis(1_007))
                .expectComplete()
                .verify(BOUND);
        assertThat(asked).containsExactly(SessionOptions.defaults());
    }

    @Test
    void isAStepAfterALiveBuffer() {
        Flux<String> transcripts = Flux.just(SECOND.duplicate(), SECOND.duplicate())
                .transform(LiveBuffer.fail(Duration.ofSeconds(2), AudioFormat.PCM_16K)::apply)
                .transform(asr::transcribeSignals)
                .ofType(TranscriptionEvent.Final.class)
                .map(TranscriptionEvent.Final::transcript);
        StepVerifier.create(transcripts)
                .expectNext("32000 bytes", "32000 bytes")
                .expectComplete()
                .verify(BOUND);
    }
}
