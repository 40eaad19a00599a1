package io.qwenasr.reactor.test;

import static io.qwenasr.reactor.test.TestSignals.MANUAL;
import static io.qwenasr.reactor.test.TestSignals.VAD;
import static io.qwenasr.reactor.test.TestSignals.chunk;
import static io.qwenasr.reactor.test.TestSignals.chunks;
import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioSignal;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.Exceptions;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** Demand, cancellation and errors of a scripted session: the contract of a transcriber. */
class ScriptedDemandTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    @Test
    void requestsNoAudioWithoutDemand() {
        ScriptedTranscriber asr = ScriptedTranscriber.script().withoutReady().build();
        TestPublisher<AudioSignal> audio = TestPublisher.create();
        StepVerifier.create(asr.transcribe(audio, VAD), 0)
                .expectSubscription()
                .then(() -> audio.assertWasNotRequested())
                .thenRequest(1)
                .then(audio::assertWasRequested)
                .thenCancel()
                .verify(LIMIT);
        audio.assertCancelled();
        assertThat(asr.session(1).requested()).isEqualTo(1);
    }

    @Test
    void requestsAudioOnlyOnceItsEventsAreTaken() {
        ScriptedTranscriber asr = ScriptedTranscriber.script()
                .withoutReady()
                .onEachUtterance()
                .say("x")
                .build();
        Flux<AudioSignal> audio = Flux.concat(chunks(1), Flux.just(AudioSignal.commit()), chunks(100));
        StepVerifier.create(asr.transcribe(audio, MANUAL), 0)
                .thenRequest(3)
                .expectNextCount(3)
                .then(() -> assertThat(asr.session(1).requested()).isEqualTo(2))
                .thenRequest(1)
                .expectNextCount(1)
                .then(() -> assertThat(asr.session(1).requested()).isEqualTo(102))
                .thenCancel()
                .verify(LIMIT);
    }

    @Test
    void neverRequestsTwoSignalsAtOnce() {
        List<Long> requests = new ArrayList<>();
        ScriptedTranscriber asr = ScriptedTranscriber.digest();
        asr.transcribe(chunks(50).doOnRequest(requests::add), VAD).blockLast(LIMIT);
        assertThat(requests).hasSize(50).allMatch(n -> n == 1);
    }

    @Test
    void holdsTheAudioBackBehindManyDelays() {
        ScriptedTranscriber asr = ScriptedTranscriber.script()
                .utterancesOf(Duration.ofMillis(100))
                .onEachUtterance()
                .after(Duration.ofHours(1))
                .say("late")
                .build();
        StepVerifier.withVirtualTime(() -> asr.transcribe(chunks(3_000), VAD).ofType(Final.class))
                .expectSubscription()
                .expectNoEvent(Duration.ofHours(1))
                .then(() -> assertThat(asr.session(1).chunks()).isGreaterThanOrEqualTo(1_024))
                .thenAwait(Duration.ofHours(5))
                .expectNextCount(3_000)
                .expectComplete()
                .verify(LIMIT);
    }

    @Test
    void failsASourceThatDoesNotWait() {
        TestPublisher<AudioSignal> rude = TestPublisher.createNoncompliant(TestPublisher.Violation.REQUEST_OVERFLOW);
        StepVerifier.create(ScriptedTranscriber.script().stopListening().build().transcribe(rude, VAD))
                .expectNextCount(1)
                .then(() -> rude.next(chunk(100)))
                .expectErrorMatches(Exceptions::isOverflow)
                .verify(LIMIT);
        rude.assertCancelled();
    }

    @Test
    void refusesARequestForNothing() {
        AtomicReference<Throwable> error = new AtomicReference<>();
        ScriptedTranscriber.finals("x")
                .transcribe(Flux.<AudioSignal>never(), VAD)
                .subscribe(new BaseSubscriber<>() {
                    @Override
                    protected void hookOnSubscribe(Subscription subscription) {
                        subscription.request(-1);
                    }

                    @Override
                    protected void hookOnError(Throwable throwable) {
                        error.set(throwable);
                    }
                });
        assertThat(error.get()).isInstanceOf(IllegalArgumentException.class).hasMessageContaining("§3.9");
    }

    @Test
    void passesAnErrorOfTheAudioOnAfterTheEventsBefore() {
        IllegalStateException unplugged = new IllegalStateException("unplugged");
        Flux<AudioSignal> audio = chunks(10).concatWith(Flux.error(unplugged));
        ScriptedTranscriber asr = ScriptedTranscriber.finals("one");
        StepVerifier.create(asr.transcribe(audio, VAD))
                .expectNextCount(6)
                .expectNextMatches(Final.class::isInstance)
                .expectErrorSatisfies(e -> assertThat(e).isSameAs(unplugged))
                .verify(LIMIT);
        assertThat(asr.session(1).audioError()).isSameAs(unplugged);
        assertThat(asr.session(1).isAudioComplete()).isFalse();
    }

    @Test
    void cancelsTimersAndAudio() {
        ScriptedTranscriber asr = ScriptedTranscriber.script()
                .after(Duration.ofSeconds(1))
                .say("never")
                .build();
        TestPublisher<AudioSignal> audio = TestPublisher.create();
        StepVerifier.withVirtualTime(() -> asr.transcribe(audio, VAD))
                .expectSubscription()
                .expectNextCount(1)
                .thenAwait(Duration.ofMillis(500))
                .thenCancel()
                .verify(LIMIT);
        audio.assertCancelled();
        assertThat(asr.session(1).whenEnded().block(LIMIT)).isEqualTo(ScriptedSession.End.CANCELLED);
        assertThat(asr.session(1).events()).isEqualTo(1);
    }

    @Test
    void cancelsAudioThatSubscribesLate() {
        AtomicReference<Subscriber<? super AudioSignal>> audio = new AtomicReference<>();
        AtomicBoolean cancelled = new AtomicBoolean();
        StepVerifier.create(ScriptedTranscriber.script()
                        .withoutReady()
                        .fail(new IllegalStateException("at once"))
                        .build()
                        .transcribe((Publisher<AudioSignal>) audio::set, VAD))
                .expectErrorMessage("at once")
                .verify(LIMIT);
        audio.get().onSubscribe(new Subscription() {
            @Override
            public void request(long n) {
                throw new AssertionError("a session that is over requested audio");
            }

            @Override
            public void cancel() {
                cancelled.set(true);
            }
        });
        assertThat(cancelled).isTrue();
    }

    /** Requests, signals and timers on different threads: all finals come, in order, one at a time. */
    @Test
    void keepsOrderAmongThreads() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 50; round++) {
            int utterances = 1 + random.nextInt(20);
            boolean late = random.nextBoolean();
            ScriptedTranscriber.Builder script = ScriptedTranscriber.script()
                    .utterancesOf(Duration.ofMillis(100))
                    .onEachUtterance();
            if (late) {
                script.after(Duration.ofNanos(random.nextInt(100_000)));
            }
            ScriptedTranscriber asr = script.say(HeardUtterance::digest).build();
            List<String> items = asr.transcribe(chunks(utterances).publishOn(Schedulers.parallel(), 1), VAD)
                    .limitRate(1 + random.nextInt(3))
                    .publishOn(Schedulers.single(), 1 + random.nextInt(3))
                    .ofType(TranscriptionEvent.Final.class)
                    .map(Final::itemId)
                    .collectList()
                    .block(LIMIT);
            assertThat(items).as("seed %s, round %s", seed, round).hasSize(utterances);
            if (!late) {
                assertThat(items)
                        .as("seed %s, round %s", seed, round)
                        .isSortedAccordingTo((a, b) -> Integer.compare(numberOf(a), numberOf(b)));
            }
        }
    }

    private static int numberOf(String itemId) {
        return Integer.parseInt(itemId.substring(itemId.lastIndexOf('_') + 1));
    }
}
