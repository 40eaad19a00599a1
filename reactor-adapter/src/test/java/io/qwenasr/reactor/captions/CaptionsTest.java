package io.qwenasr.reactor.captions;

import static io.qwenasr.reactor.captions.Events.done;
import static io.qwenasr.reactor.captions.Events.failed;
import static io.qwenasr.reactor.captions.Events.partial;
import static io.qwenasr.reactor.captions.Events.ready;
import static io.qwenasr.reactor.captions.Events.started;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Cleared;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.Unknown;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

class CaptionsTest {

    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final Pattern CARD = Pattern.compile("(?<!\\d)\\d(?:[ -]?\\d){12,18}(?!\\d)");
    private static final Function<Flux<TranscriptionEvent>, Flux<TranscriptionEvent>> MASK_CARDS =
            Captions.redact(CARD, digits -> digits.replaceAll("\\d", "•"));

    private static List<TranscriptionEvent> through(
            Function<Flux<TranscriptionEvent>, Flux<TranscriptionEvent>> operator, TranscriptionEvent... events) {
        return Flux.just(events).transform(operator).collectList().block(BOUND);
    }

    private static List<String> shown(List<TranscriptionEvent> events) {
        return events.stream()
                .map(event -> event instanceof Partial partial ? partial.preview() : ((Final) event).transcript())
                .toList();
    }

    @Test
    void boardsComeForEachEventThatChangesOne() {
        Flux<TranscriptionEvent> events = Flux.just(
                ready(), started("a", 0), new Cleared(), partial("a", "", "x"), partial("a", "", "x"), done("a", "y"));
        StepVerifier.create(events.transform(Captions::boards))
                .assertNext(board -> assertThat(board.current()).hasSize(1))
                .assertNext(board ->
                        assertThat(board.current()).extracting(Caption::text).containsExactly("x"))
                .assertNext(board ->
                        assertThat(board.settled()).extracting(Caption::text).containsExactly("y"))
                .assertNext(board -> {
                    assertThat(board.current()).isEmpty();
                    assertThat(board.settled()).isEmpty();
                })
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void theLastBoardSettlesWhatHasEnded() {
        Flux<TranscriptionEvent> events = Flux.just(started("a", 0), done("b", "second"));
        assertThat(events.transform(Captions::settled).collectList().block(BOUND))
                .extracting(Caption::text)
                .containsExactly("second");
    }

    @Test
    void anErrorSettlesWhatHasEndedFirst() {
        Flux<TranscriptionEvent> events = Flux.concat(
                Flux.just(started("a", 0), done("b", "second")), Flux.error(new IllegalStateException("lost")));
        StepVerifier.create(events.transform(Captions::boards))
                .expectNextCount(2)
                .assertNext(board -> {
                    assertThat(board.current()).isEmpty();
                    assertThat(board.settled()).extracting(Caption::text).containsExactly("second");
                })
                .expectErrorMessage("lost")
                .verify(BOUND);
        Flux<TranscriptionEvent> more =
                Flux.concat(Mono.just(done("c", "third")), events).startWith(started("0", 0));
        StepVerifier.create(more.transform(Captions::settled).map(Caption::text), 1)
                .expectNext("third")
                .thenRequest(1)
                .expectNext("second")
                .expectErrorMessage("lost")
                .verify(BOUND);
    }

    @Test
    void settledCaptionsComeOnceAndInOrder() {
        Flux<TranscriptionEvent> events = Flux.just(
                started("a", 0), started("b", 1), done("b", "2"), failed("c"), done("a", "1"), done("d", "4"));
        Flux<Caption> settled = events.transform(Captions::settled);
        for (int i = 0; i < 2; i++) {
            assertThat(settled.collectList().block(BOUND))
                    .extracting(Caption::itemId)
                    .as("each subscription has its own")
                    .containsExactly("a", "b", "c", "d");
        }
    }

    @Test
    void demandIsHonoured() {
        TestPublisher<TranscriptionEvent> events = TestPublisher.create();
        StepVerifier.create(events.flux().transform(Captions::boards), 0)
                .expectSubscription()
                .then(() -> events.assertMaxRequested(0))
                .thenRequest(1)
                .then(() -> events.assertMaxRequested(1))
                .then(() -> events.next(started("a", 0)))
                .expectNextCount(1)
                .then(() -> events.error(new IllegalStateException("gone")))
                .thenRequest(1)
                .assertNext(board -> assertThat(board.current()).isEmpty())
                .expectErrorMessage("gone")
                .verify(BOUND);
    }

    @Test
    void rewritingMovesNothingButTheText() {
        Function<Flux<TranscriptionEvent>, Flux<TranscriptionEvent>> shout =
                Captions.rewrite(text -> text.toUpperCase(Locale.ROOT));
        assertThat(through(
                        shout,
                        started("a", 0),
                        partial("a", "hello ", "wor"),
                        done("a", "hello world", 1, 2),
                        failed("b")))
                .containsExactly(
                        started("a", 0), partial("a", "HELLO ", "WOR"), done("a", "HELLO WORLD", 1, 2), failed("b"));
    }

    @Test
    void whatARewriteMakesOfTheSeamIsTentative() {
        Function<Flux<TranscriptionEvent>, Flux<TranscriptionEvent>> swear =
                Captions.rewrite(text -> text.replace("damn", "darn"));
        assertThat(through(swear, partial("a", "oh da", "mn it"), partial("a", "oh damn", " it")))
                .containsExactly(partial("a", "oh da", "rn it"), partial("a", "oh darn", " it"));
    }

    @Test
    void aRewriteThatReturnsNullIsAnErrorThatSaysSo() {
        StepVerifier.create(Flux.<TranscriptionEvent>just(done("a", "x")).transform(Captions.rewrite(text -> null)))
                .expectErrorMessage("the function of captions returned null")
                .verify(BOUND);
    }

    @Test
    void digitsOfCardsAreMaskedFromTheFirstOn() {
        assertThat(through(
                        MASK_CARDS,
                        partial("a", "", "my card is 4"),
                        partial("a", "my card is 41", "11"),
                        partial("a", "my card is 4111 1111 ", "1111 1111"),
                        partial("a", "my card is 4111 1111 1111 1111", " and"),
                        partial("a", "my card is 4111 1111 1111 1111 a", "nd"),
                        done("a", "My card is 4111 1111 1111 1111 and more.")))
                .containsExactly(
                        partial("a", "", "my card is •"),
                        partial("a", "my card is ", "••••"),
                        partial("a", "my card is ", "•••• •••• •••• ••••"),
                        partial("a", "my card is ", "•••• •••• •••• •••• and"),
                        partial("a", "my card is •••• •••• •••• •••• a", "nd"),
                        done("a", "My card is •••• •••• •••• •••• and more."));
    }

    @Test
    void aFullStopThatDoesNotStayUncoversNothing() {
        assertThat(through(
                        MASK_CARDS,
                        partial("a", "", "my card is 4111 1111."),
                        partial("a", "my card is 4111 1111.", ""),
                        partial("a", "", "my card is 4111 1111 1111 1111。"),
                        partial("a", "", "my card is 4111 1111, …"),
                        partial("a", "my card is 4111 1111", ". Thanks")))
                .containsExactly(
                        partial("a", "", "my card is •••• ••••."),
                        partial("a", "my card is ", "•••• ••••."),
                        partial("a", "", "my card is •••• •••• •••• ••••。"),
                        partial("a", "", "my card is •••• ••••, …"),
                        partial("a", "my card is ", "4111 1111. Thanks"));
    }

    @Test
    void aNumberThatIsNoCardIsShownOnceThatIsKnown() {
        List<TranscriptionEvent> events = through(
                MASK_CARDS,
                partial("a", "in 2024", ""),
                partial("a", "in 2024", " we"),
                done("a", "in 2024 we met 1999"));
        assertThat(events)
                .containsExactly(
                        partial("a", "in ", "••••"), partial("a", "in ", "2024 we"), done("a", "in 2024 we met 1999"));
        assertThat(Events.fold(events).settled())
                .singleElement()
                .extracting(Caption::revisions)
                .isEqualTo(0);
    }

    @Test
    void wordsOfOneLengthOrAnotherAreReplaced() {
        Function<Flux<TranscriptionEvent>, Flux<TranscriptionEvent>> names =
                Captions.redact(Pattern.compile("\\bJohn(?: Smith)?\\b"), name -> "[name]");
        assertThat(shown(through(
                        names,
                        partial("a", "", "I met J"),
                        partial("a", "", "I met John"),
                        partial("a", "", "I met John S"),
                        partial("a", "", "I met Johnson"),
                        done("a", "I met John Smith"))))
                .containsExactly("I met [name]", "I met [name]", "I met [name]", "I met Johnson", "I met [name]");
    }

    @Test
    void unknownEventsLoseTheirJson() {
        assertThat(through(MASK_CARDS, new Unknown("delta", "{\"delta\":\"4111 1111 1111 1111\"}")))
                .containsExactly(new Unknown("delta", "{}"));
    }

    @Test
    void holdingBackHidesTheLastTokensOfTheDraft() {
        assertThat(through(
                        Captions.holdBack(1),
                        partial("a", "", "hello"),
                        partial("a", "", "hello wor."),
                        partial("a", "", "hello world"),
                        partial("a", "hello world", ""),
                        partial("a", "hello world", " 今天天气很好。"),
                        partial("a", "hello world", " 今天天气很"),
                        done("a", "Hello, world.")))
                .containsExactly(
                        partial("a", "", ""),
                        partial("a", "", "hello "),
                        partial("a", "", "hello "),
                        partial("a", "hello world", ""),
                        partial("a", "hello world", " 今天天气很"),
                        partial("a", "hello world", " 今天天气很"),
                        done("a", "Hello, world."));
        assertThat(shown(through(Captions.holdBack(3), partial("a", "", "one two three four"))))
                .containsExactly("one ");
    }

    @Test
    void localAgreementShowsWhatPartialsAgreeOn() {
        assertThat(shown(through(
                        Captions.localAgreement(2),
                        partial("a", "", "the whether"),
                        partial("a", "", "the weather is"),
                        partial("b", "", "the weather is"),
                        partial("a", "", "the weather isn't"),
                        partial("a", "", "the weather isn't good"),
                        partial("a", "the weather isn't good", ""),
                        done("a", "The weather isn't good."))))
                .containsExactly(
                        "",
                        "the ",
                        "",
                        "the weather ",
                        "the weather isn't",
                        "the weather isn't good",
                        "The weather isn't good.");
    }

    @Test
    void stabilisersRefuseWhatIsOutOfRange() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Captions.localAgreement(1))
                .withMessage("partials must be 2 to 100, not 1");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Captions.holdBack(0))
                .withMessage("tokens must be 1 to 100, not 0");
    }
}
