package io.qwenasr.reactor.observation;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

/** The latencies of finals, in virtual time, so they are exact. */
class LatenciesTest {

    private static final Duration CHUNK = Duration.ofMillis(100);
    private static final int CHUNK_BYTES = 3_200;
    private static final SessionOptions MANUAL =
            SessionOptions.builder().manual().build();

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

    /** A chunk each 100 ms; the n-th is handed over n times 100 ms after the beginning. */
    private Flux<AudioSignal> live(int chunks) {
        return Flux.interval(CHUNK, time)
                .take(chunks)
                .onBackpressureBuffer()
                .map(i -> AudioSignal.chunk(ByteBuffer.allocate(CHUNK_BYTES)));
    }

    private List<UtteranceLatency> run(Transcriber transcriber, Flux<AudioSignal> audio, SessionOptions options) {
        var done = Latencies.of(transcriber)
                .clock(time)
                .transcribe(audio, options)
                .filter(timed -> timed.event() instanceof Final)
                .mapNotNull(TimedEvent::latency)
                .collectList()
                .toFuture();
        time.advanceTimeBy(Duration.ofMinutes(2));
        return done.getNow(List.of());
    }

    @ParameterizedTest
    @ValueSource(longs = {50, 200, 800})
    void tellsTheDelayOfTheService(long delay) {
        Transcriber slow = ScriptedTranscriber.script()
                .scheduler(time)
                .utterancesOf(Duration.ofSeconds(1))
                .onEachUtterance()
                .after(Duration.ofMillis(delay))
                .say("words")
                .build();

        List<UtteranceLatency> late = run(slow, live(30), SessionOptions.defaults());

        assertThat(late).hasSize(3).extracting(UtteranceLatency::finalResult).containsOnly(Duration.ofMillis(delay));
        // The script shows text after half a second of an utterance, the start of which came with its first chunk.
        assertThat(late).extracting(UtteranceLatency::firstPartial).containsOnly(Duration.ofMillis(400));
    }

    @ParameterizedTest
    @ValueSource(longs = {50, 200, 800})
    void tellsTheDelayBehindACommit(long delay) {
        Transcriber slow = ScriptedTranscriber.script()
                .scheduler(time)
                .onEachUtterance()
                .after(Duration.ofMillis(delay))
                .say("words")
                .build();
        Flux<AudioSignal> audio = live(20).index()
                .concatMap(
                        i -> i.getT1() % 10 == 9 ? Flux.just(i.getT2(), AudioSignal.commit()) : Flux.just(i.getT2()));

        assertThat(run(slow, audio, MANUAL))
                .hasSize(2)
                .extracting(UtteranceLatency::finalResult)
                .containsOnly(Duration.ofMillis(delay));
    }

    @Test
    void countsFromTheEndOfSpeechNotFromTheEndOfAudio() {
        Transcriber asr = events(
                Duration.ofSeconds(3),
                new SpeechStarted("a", Duration.ofMillis(450)),
                new Partial("a", "", "he", null, null),
                new SpeechStopped("a", Duration.ofMillis(1_050)),
                new Final("a", "hello", null, null, null, null));

        // 450 ms lies in the fifth chunk, handed over at 500 ms, 1,050 ms in the eleventh.
        assertThat(run(asr, live(30), SessionOptions.defaults()))
                .containsExactly(new UtteranceLatency(Duration.ofMillis(2_500), Duration.ofMillis(1_900)));
    }

    @Test
    void countsAStartAtTheEdgeOfAChunkWithTheLaterOne() {
        Transcriber asr = events(
                Duration.ofSeconds(3),
                new Partial("a", "he", "", null, null),
                new Final("a", "hello", null, null, Duration.ofMillis(400), Duration.ofMillis(1_000)));

        assertThat(run(asr, live(30), SessionOptions.defaults()))
                .containsExactly(new UtteranceLatency(Duration.ofMillis(2_500), Duration.ofMillis(2_000)));
    }

    @Test
    void countsGapsAsTimeOfTheAudio() {
        Transcriber asr =
                events(Duration.ofSeconds(12), new Final("a", "hello", null, null, null, Duration.ofMillis(10_150)));
        Flux<AudioSignal> audio = Flux.concat(Flux.just(AudioSignal.gap(Duration.ofSeconds(10))), live(20));

        assertThat(run(asr, audio, SessionOptions.defaults()))
                .containsExactly(new UtteranceLatency(null, Duration.ofMillis(1_800)));
    }

    @Test
    void saysNothingWhereNothingIsKnown() {
        Transcriber asr = events(
                Duration.ofSeconds(2),
                new Partial("a", "", "", null, null),
                new Final("a", "hello", null, null, null, null));

        assertThat(run(asr, live(20), SessionOptions.defaults())).containsExactly(new UtteranceLatency(null, null));
    }

    @Test
    void takesAnyPositionThatAServiceNames() {
        Transcriber asr = events(
                Duration.ofSeconds(2),
                new Final("a", "", null, null, Duration.ofSeconds(-5), Duration.ofSeconds(Long.MAX_VALUE)));

        assertThat(run(asr, live(20), SessionOptions.defaults()))
                .extracting(UtteranceLatency::finalResult)
                .containsExactly(Duration.ZERO);
    }

    @Test
    void doesNotGuessAboutAudioOfLongAgo() {
        int chunks = HandoverTimes.MOST + 10;
        Transcriber asr = (audio, options) -> Flux.from(audio)
                .ignoreElements()
                .thenMany(Flux.just(
                        new Final("old", "", null, null, null, Duration.ofMillis(20)),
                        new Final("new", "", null, null, null, Duration.ofMillis(chunks * 5L - 10))));
        var done = Latencies.of(asr)
                .clock(time)
                .transcribe(
                        Flux.interval(Duration.ofMillis(5), time)
                                .take(chunks)
                                .onBackpressureBuffer()
                                .<AudioSignal>map(i -> AudioSignal.chunk(ByteBuffer.allocate(160))),
                        SessionOptions.defaults())
                .mapNotNull(TimedEvent::latency)
                .collectList()
                .toFuture();
        time.advanceTimeBy(Duration.ofMinutes(1));

        assertThat(done.getNow(List.of()))
                .containsExactly(new UtteranceLatency(null, null), new UtteranceLatency(null, Duration.ofMillis(10)));
    }

    @Test
    void isExactToTwoMillisecondsWhateverTheSource() {
        HandoverTimes times = new HandoverTimes();
        for (int i = 1; i <= 1_000; i++) {
            times.add(i, i * 100_000L);
        }
        for (int i = 1; i <= 1_000; i++) {
            assertThat(times.ofEnd(i)).isBetween(i * 100_000L, i * 100_000L + 2_000_000);
        }
    }

    @Test
    void passesDemandAndCancellation() {
        TestPublisher<TranscriptionEvent> events = TestPublisher.create();
        TestPublisher<AudioSignal> audio = TestPublisher.create();
        Transcriber asr = (heard, options) -> events.flux()
                .doOnSubscribe(s -> Flux.<AudioSignal>from(heard).limitRate(3).subscribe(signal -> {}));

        StepVerifier.create(Latencies.of(asr).transcribe(audio.flux(), SessionOptions.defaults()), 1)
                .then(() -> {
                    events.assertMinRequested(1);
                    events.assertMaxRequested(1);
                    audio.assertMinRequested(3);
                    audio.assertMaxRequested(3);
                })
                .thenCancel()
                .verify();
        events.assertCancelled();
    }

    private Transcriber events(Duration at, TranscriptionEvent... events) {
        return ScriptedTranscriber.script()
                .scheduler(time)
                .withoutReady()
                .at(at)
                .emit(events)
                .build();
    }
}
