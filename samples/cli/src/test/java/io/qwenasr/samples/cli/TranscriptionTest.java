package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Pacing;
import io.qwenasr.reactor.Transcriber;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class TranscriptionTest {

    private static final int SECOND = 32_000;

    @TempDir
    private Path folder;

    private final List<Recorder> recorders = new ArrayList<>();
    private final List<String> notices = new ArrayList<>();

    /** Notes what passes. */
    private static final class Recorder {
        private final String input;
        private final List<TranscriptionEvent> events = new ArrayList<>();
        private final List<String> ends = new ArrayList<>();
        private int bytes;

        Recorder(String input) {
            this.input = input;
        }

        Transcriber around(Transcriber transcriber) {
            return (audio, options) -> transcriber
                    .transcribe(Flux.<AudioSignal>from(audio).doOnNext(this::hear), options)
                    .doOnNext(events::add)
                    .doOnError(error -> ends.add(String.valueOf(error.getMessage())))
                    .doOnComplete(() -> ends.add("complete"));
        }

        private void hear(AudioSignal signal) {
            if (signal instanceof AudioSignal.Chunk chunk) {
                bytes += chunk.audio().remaining();
            }
        }
    }

    private Flux<TranscriptionEvent> events(Path file, Transcriber transcriber) {
        Watch watch = (input, watched) -> {
            Recorder recorder = new Recorder(input.name());
            recorders.add(recorder);
            return recorder.around(watched);
        };
        SessionOptions options =
                SessionOptions.builder().format(AudioInput.FORMAT).build();
        return new Transcription(transcriber, options, Pacing.none(), List.of(watch, watch))
                .events(AudioInput.file(file), notices::add, UnaryOperator.identity());
    }

    @Test
    void letsEachWatchSeeTheSession() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 2, TestAudio.TONE);
        List<TranscriptionEvent> seen =
                events(file, new SpeakingClock()).collectList().block();
        assertThat(recorders).hasSize(2).allSatisfy(recorder -> {
            assertThat(recorder.input).isEqualTo(file.toString());
            assertThat(recorder.bytes).isEqualTo(2 * SECOND);
            assertThat(recorder.events).isEqualTo(seen).isNotEmpty();
            assertThat(recorder.ends).containsExactly("complete");
        });
        assertThat(notices).isEmpty();
    }

    @Test
    void letsEachWatchSeeWhyASessionEnded() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 1, SpeakingClock.FATAL);
        StepVerifier.create(events(file, new SpeakingClock()))
                .expectErrorMessage("the engine is on fire")
                .verify();
        assertThat(recorders)
                .allSatisfy(recorder -> assertThat(recorder.ends).containsExactly("the engine is on fire"));
    }

    @Test
    void beginsToWatchWithEachSession() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 1, TestAudio.TONE);
        Flux<TranscriptionEvent> events = events(file, new SpeakingClock());
        assertThat(recorders).isEmpty();
        events.blockLast();
        events.blockLast();
        assertThat(recorders).hasSize(4);
    }
}
