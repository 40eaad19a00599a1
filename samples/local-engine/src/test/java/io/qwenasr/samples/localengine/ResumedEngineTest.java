package io.qwenasr.samples.localengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioLedger;
import io.qwenasr.AudioSignal;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.Summary;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.resume.ReconnectPolicy;
import io.qwenasr.reactor.resume.ResumingTranscriber;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import reactor.core.publisher.Flux;

/**
 * Sessions of the real recogniser that die; its words follow from the audio it hears, which then begins elsewhere.
 *
 * <p>Where they die is the same each time; elsewhere with {@code -Dseed=…}.
 */
class ResumedEngineTest {

    private static final int KILL_POINTS = 10;
    private static final double MOST_ERRORS = 0.03;
    private static final SessionOptions VAD = SessionOptions.defaults();
    private static final Duration LIMIT = Duration.ofSeconds(100);
    private static final ReconnectPolicy AT_ONCE =
            new ReconnectPolicy(3, Duration.ofMillis(1), Duration.ofMillis(1), 0, Duration.ofSeconds(30));

    /** The first session dies when it has been given so much audio. */
    private static Transcriber dying(Transcriber engine, long bytes) {
        AtomicBoolean died = new AtomicBoolean();
        AtomicLong heard = new AtomicLong();
        return (audio, options) -> engine.transcribe(
                Flux.<AudioSignal>from(audio).doOnNext(signal -> {
                    if (signal instanceof AudioSignal.Chunk chunk
                            && heard.addAndGet(chunk.audio().remaining()) >= bytes
                            && died.compareAndSet(false, true)) {
                        throw new ConnectionClosedException(
                                ConnectionClosedException.NO_CLOSE_FRAME, "", SessionPhase.STREAMING, null, null);
                    }
                }),
                options);
    }

    @Test
    @Timeout(value = 10, unit = TimeUnit.MINUTES)
    void understandsNearlyTheSameWhereverASessionDies() {
        byte[] demo = Speech.demo();
        long seed = Long.getLong("seed", 1);
        Random random = new Random(seed);
        try (LocalEngine engine = LocalEngine.builder().load()) {
            String undisturbed = Speech.transcript(Speech.transcribe(engine, demo, VAD));
            int errors = 0;
            int words = 0;
            for (int i = 0; i < KILL_POINTS; i++) {
                long killPoint = (long) ((i + random.nextDouble()) * demo.length / KILL_POINTS);
                List<TranscriptionEvent> events = ResumingTranscriber.of(dying(engine, killPoint))
                        .reconnecting(AT_ONCE)
                        .transcribe(Flux.fromIterable(Speech.chunks(demo)), VAD)
                        .collectList()
                        .block(LIMIT);
                assertThat(events).hasAtLeastOneElementOfType(Reconnected.class);
                AudioLedger ledger = ((Summary) events.get(events.size() - 1)).ledger();
                assertThat(ledger.total(AudioLedger.State.SETTLED)).isEqualTo(ledger.offered());
                WordErrorRate rate = WordErrorRate.of(undisturbed, Speech.transcript(events));
                errors += rate.errors();
                words += rate.words();
            }
            System.out.printf(
                    "resumed at %d kill points: %d errors in %d words, seed %d%n", KILL_POINTS, errors, words, seed);
            assertThat(new WordErrorRate(errors, words).rate())
                    .as("seed %d", seed)
                    .isLessThanOrEqualTo(MOST_ERRORS);
        }
    }
}
