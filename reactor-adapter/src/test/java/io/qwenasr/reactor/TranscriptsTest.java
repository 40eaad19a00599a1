package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.qwenasr.ServerError;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Committed;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class TranscriptsTest {

    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final ServerError OVERLOADED = new ServerError(null, "overloaded", "try later", null, null);

    @Test
    void finalsComeInOrderOfCompletion() {
        Flux<TranscriptionEvent> events = Flux.just(
                new SessionReady("s", null),
                partial("a", "on"),
                partial("b", "tw"),
                done("b", "two"),
                done("a", ""),
                new Committed("c", "b"));
        StepVerifier.create(events.transform(Transcripts::finals))
                .expectNext(done("b", "two"), done("a", ""))
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void textLeavesOutWhatIsBlankAndNothingElse() {
        Flux<TranscriptionEvent> events =
                Flux.just(done("a", ""), done("b", " \n"), done("c", " one "), partial("d", "x"), done("d", "two"));
        StepVerifier.create(events.transform(Transcripts::text))
                .expectNext(" one ", "two")
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void audioToTextIsTwoTransforms() {
        Transcriber transcriber = new CountingTranscriber();
        Flux<ByteBuffer> audio = Flux.range(0, 4).map(i -> ByteBuffer.allocate(16_000));
        StepVerifier.create(audio.transform(transcriber::transcribe).transform(Transcripts::text))
                .expectNext("32000 bytes", "32000 bytes")
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void demandIsHonoured() {
        TestPublisher<TranscriptionEvent> events = TestPublisher.create();
        StepVerifier.create(Transcripts.text(events.flux()), 0)
                .expectSubscription()
                .then(() -> events.assertMaxRequested(0))
                .thenRequest(1)
                .then(() -> events.assertMaxRequested(1))
                .then(() -> events.next(partial("a", "o"), done("a", "one")))
                .expectNext("one")
                .then(events::complete)
                .expectComplete()
                .verify(BOUND);
        events.assertWasNotCancelled();
    }

    @Test
    void timesOfTheFinalGoBeforeThoseHeardEarlier() {
        Flux<TranscriptionEvent> events = Flux.just(
                new SpeechStarted("a", Duration.ofMillis(100)),
                new SpeechStopped("a", Duration.ofMillis(900)),
                new SpeechStarted("b", Duration.ofMillis(1_000)),
                new SpeechStopped(null, Duration.ofMillis(1_500)),
                new SpeechStopped("b", Duration.ofMillis(2_000)),
                new Final("b", "two", "en", "happy", null, Duration.ofMillis(1_900)),
                new Final("a", "one", null, null, Duration.ofMillis(150), null),
                done("c", ""));
        StepVerifier.create(events.transform(Transcripts::utterances))
                .expectNext(new Utterance("b", millis(1_000), millis(1_900), "en", "happy", "two"))
                .expectNext(new Utterance("a", millis(150), millis(900), null, null, "one"))
                .expectNext(new Utterance("c", null, null, null, null, ""))
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void eachSubscriptionRemembersItsOwnTimes() {
        List<List<TranscriptionEvent>> sessions =
                List.of(List.of(new SpeechStarted("a", millis(100)), partial("a", "x")), List.of(done("a", "one")));
        int[] subscriptions = {0};
        Flux<Utterance> utterances = Flux.defer(() -> Flux.fromIterable(sessions.get(subscriptions[0]++)))
                .transform(Transcripts::utterances);
        StepVerifier.create(utterances).expectComplete().verify(BOUND);
        StepVerifier.create(utterances)
                .expectNext(new Utterance("a", null, null, null, null, "one"))
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void timesOfItemsThatNeverEndAreForgottenInTheEnd() {
        UtteranceBuilder builder = new UtteranceBuilder();
        for (int i = 0; i <= 1_024; i++) {
            builder.accept(new SpeechStarted("item" + i, millis(i)));
        }
        assertThat(startOf(builder.accept(done("item0", "")))).isNull();
        assertThat(startOf(builder.accept(done("item1", "")))).isEqualTo(millis(1));
    }

    @Test
    void failureLosesNoOtherUtteranceAndNoFailureIsHidden() {
        Flux<TranscriptionEvent> events = Flux.just(failed("a"), done("b", "two"), failed("c"), done("d", "four"));
        StepVerifier.create(events.transform(Transcripts::text))
                .expectNext("two", "four")
                .expectErrorSatisfies(error -> assertThat(error)
                        .hasMessage("2 utterances could not be transcribed; the first: item a, overloaded: try later")
                        .isInstanceOfSatisfying(FailedUtterancesException.class, e -> {
                            assertThat(e.failures()).containsExactly(failed("a"), failed("c"));
                            assertThat(e.count()).isEqualTo(2);
                        }))
                .verify(BOUND);
        StepVerifier.create(events.transform(Transcripts::finals))
                .expectNextCount(2)
                .expectError(FailedUtterancesException.class)
                .verify(BOUND);
        StepVerifier.create(events.transform(Transcripts::utterances))
                .expectNextCount(2)
                .expectError(FailedUtterancesException.class)
                .verify(BOUND);
    }

    @Test
    void failuresGoToTheConsumerInTheirTurn() {
        Flux<TranscriptionEvent> events = Flux.just(done("a", "one"), failed("b"), done("c", "three"));
        List<Object> seen = new ArrayList<>();
        Transcripts.finals(events, seen::add).doOnNext(seen::add).blockLast(BOUND);
        assertThat(seen).containsExactly(done("a", "one"), failed("b"), done("c", "three"));

        seen.clear();
        Transcripts.text(events, seen::add).doOnNext(seen::add).blockLast(BOUND);
        assertThat(seen).containsExactly("one", failed("b"), "three");

        seen.clear();
        Transcripts.utterances(events, seen::add)
                .map(Utterance::text)
                .doOnNext(seen::add)
                .blockLast(BOUND);
        assertThat(seen).containsExactly("one", failed("b"), "three");
    }

    @Test
    void errorOfTheSessionCarriesTheFailures() {
        IllegalStateException lost = new IllegalStateException("lost");
        Flux<TranscriptionEvent> events =
                Flux.<TranscriptionEvent>just(failed("a"), done("b", "two")).concatWith(Mono.error(lost));
        StepVerifier.create(Transcripts.text(events))
                .expectNext("two")
                .expectErrorSatisfies(error -> assertThat(error).isSameAs(lost))
                .verify(BOUND);
        assertThat(lost.getSuppressed()).singleElement().isInstanceOf(FailedUtterancesException.class);
    }

    @Test
    void consumerThatThrowsCancelsTheSession() {
        TestPublisher<TranscriptionEvent> events = TestPublisher.create();
        StepVerifier.create(Transcripts.text(events.flux(), failed -> {
                    throw new IllegalStateException("no failures please");
                }))
                .then(() -> events.next(failed("a")))
                .expectErrorMessage("no failures please")
                .verify(BOUND);
        events.assertCancelled();
    }

    @Test
    void countlessFailuresTakeLittleMemory() {
        Flux<TranscriptionEvent> events = Flux.range(0, 5_000).map(i -> failed("item" + i));
        StepVerifier.create(Transcripts.text(events))
                .expectErrorSatisfies(error -> assertThat(error)
                        .isInstanceOfSatisfying(FailedUtterancesException.class, e -> {
                            assertThat(e.count()).isEqualTo(5_000);
                            assertThat(e.failures()).hasSize(100).startsWith(failed("item0"));
                        }))
                .verify(BOUND);
    }

    @Test
    void exceptionWithoutFailuresIsRefused() {
        assertThatIllegalArgumentException().isThrownBy(() -> new FailedUtterancesException(List.of(), 1));
        assertThatIllegalArgumentException().isThrownBy(() -> new FailedUtterancesException(List.of(failed("a")), 0));
    }

    private static Duration millis(long millis) {
        return Duration.ofMillis(millis);
    }

    private static @Nullable Duration startOf(@Nullable Utterance utterance) {
        assertThat(utterance).isNotNull();
        return utterance.start();
    }

    private static Partial partial(String itemId, String text) {
        return new Partial(itemId, text, "", null, null);
    }

    private static Final done(String itemId, String transcript) {
        return new Final(itemId, transcript, null, null, null, null);
    }

    private static Failed failed(String itemId) {
        return new Failed(itemId, OVERLOADED);
    }
}
