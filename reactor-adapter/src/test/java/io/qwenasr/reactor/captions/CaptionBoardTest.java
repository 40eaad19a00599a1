package io.qwenasr.reactor.captions;

import static io.qwenasr.reactor.captions.Events.done;
import static io.qwenasr.reactor.captions.Events.failed;
import static io.qwenasr.reactor.captions.Events.fold;
import static io.qwenasr.reactor.captions.Events.ms;
import static io.qwenasr.reactor.captions.Events.partial;
import static io.qwenasr.reactor.captions.Events.ready;
import static io.qwenasr.reactor.captions.Events.reconnected;
import static io.qwenasr.reactor.captions.Events.started;
import static io.qwenasr.reactor.captions.Events.stopped;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Cleared;
import io.qwenasr.TranscriptionEvent.Committed;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaptionBoardTest {

    private static void assertShows(TranscriptionEvent[] events, String confirmed, String tentative, int revisions) {
        assertThat(fold(events).current()).singleElement().satisfies(caption -> {
            assertThat(caption.confirmed()).isEqualTo(confirmed);
            assertThat(caption.tentative()).isEqualTo(tentative);
            assertThat(caption.revisions()).isEqualTo(revisions);
        });
    }

    private static TranscriptionEvent[] events(TranscriptionEvent... events) {
        return events;
    }

    private static List<String> texts(List<Caption> captions) {
        return captions.stream().map(Caption::text).toList();
    }

    @Test
    void splitsTextAndStashAsTheServiceDoes() {
        assertShows(events(partial("a", "", "hollow")), "", "hollow", 0);
        assertShows(events(partial("a", "", "hollow"), partial("a", "hello", " wor")), "hello", " wor", 0);
    }

    @Test
    void confirmedTextStaysWhereTextAndStashAreFilledInTurn() {
        TranscriptionEvent[] inTurn = events(
                partial("a", "", "hello wor"), partial("a", "hello world", ""), partial("a", "", "hello world and"));
        assertShows(inTurn, "hello world", " and", 0);
    }

    @Test
    void punctuationThatComesAndGoesIsTentative() {
        TranscriptionEvent[] burst = events(
                partial("a", "我们", "走。"), partial("a", "我们", "走"), partial("a", "我们走", "吧。"), partial("a", "我们走", "吧"));
        assertShows(burst, "我们走", "吧", 0);
    }

    @Test
    void takingConfirmedTextBackIsARevision() {
        TranscriptionEvent[] revised = events(partial("a", "the whether ", "is"), partial("a", "the wea", "ther is"));
        assertShows(revised, "the wea", "ther is", 1);
        assertShows(events(partial("a", "hello.", ""), partial("a", "hello", "")), "hello", "", 1);
        assertShows(events(partial("a", "hello", ""), partial("a", "", "")), "", "", 1);
    }

    @Test
    void aRevisionKeepsWhatIsStillTrueAndCutsNoCharacter() {
        assertShows(events(partial("a", "one two", ""), partial("a", "", "one too")), "one t", "oo", 1);
        assertShows(events(partial("a", "x👨‍👩‍👧", ""), partial("a", "", "x👨‍👩‍👦")), "x", "👨‍👩‍👦", 1);
        assertShows(events(partial("a", "🇨🇳🇺🇸", ""), partial("a", "", "🇨🇳🇺🇳")), "🇨🇳", "🇺🇳", 1);
    }

    @Test
    void theFinalReplacesEverything() {
        CaptionBoard board = fold(started("a", 100), partial("a", "hello ", "wor"), done("a", "Hello world."));
        assertThat(board.current()).isEmpty();
        assertThat(board.settled()).singleElement().satisfies(caption -> {
            assertThat(caption.text()).isEqualTo("Hello world.");
            assertThat(caption.tentative()).isEmpty();
            assertThat(caption.revisions()).isEqualTo(1);
            assertThat(caption.start()).isEqualTo(ms(100));
            assertThat(caption.outcome()).isEqualTo(done("a", "Hello world."));
        });
    }

    @Test
    void timesAreThoseOfTheFinalOrElseOfSpeech() {
        assertThat(fold(started("a", 100), stopped("a", 900), done("a", "x")).settled())
                .singleElement()
                .satisfies(caption -> {
                    assertThat(caption.start()).isEqualTo(ms(100));
                    assertThat(caption.end()).isEqualTo(ms(900));
                });
        assertThat(fold(started("a", 100), stopped("a", 900), done("a", "x", 120, 880))
                        .settled())
                .singleElement()
                .satisfies(caption -> {
                    assertThat(caption.start()).isEqualTo(ms(120));
                    assertThat(caption.end()).isEqualTo(ms(880));
                });
    }

    @Test
    void overlappingUtterancesSettleInTheOrderOfSpeech() {
        CaptionBoard waiting = fold(started("a", 0), started("b", 500), partial("a", "fi", ""), done("b", "second"));
        assertThat(waiting.settled()).isEmpty();
        assertThat(texts(waiting.current())).containsExactly("fi", "second");
        CaptionBoard both = waiting.accept(done("a", "first"));
        assertThat(texts(both.settled())).containsExactly("first", "second");
        assertThat(both.current()).isEmpty();
    }

    @Test
    void lateAndDoubledEventsOfAnEndedItemAreLeftOut() {
        CaptionBoard board = fold(started("a", 0), done("a", "first"));
        for (TranscriptionEvent late : List.of(
                partial("a", "", "late"), done("a", "again"), failed("a"), new Committed("a", null), started("a", 9))) {
            assertThat(board.accept(late).current()).isEmpty();
            assertThat(board.accept(late).settled()).isEmpty();
        }
        CaptionBoard waiting = fold(started("a", 0), done("b", "second"), partial("b", "", "late"), failed("b"));
        assertThat(texts(waiting.current())).containsExactly("", "second");
    }

    @Test
    void aFailureKeepsWhatWasShown() {
        CaptionBoard board = fold(partial("a", "hel", "lo"), failed("a"));
        assertThat(board.settled()).singleElement().satisfies(caption -> {
            assertThat(caption.text()).isEqualTo("hello");
            assertThat(caption.outcome()).isEqualTo(failed("a"));
        });
    }

    @Test
    void lostAudioTakesItsPlace() {
        AudioDropped lost = new AudioDropped(ms(1_000), ms(2_000));
        CaptionBoard board = fold(started("a", 0), lost, started("b", 2_100), done("b", "after"));
        assertThat(board.settled()).isEmpty();
        assertThat(board.accept(done("a", "before")).settled())
                .extracting(Caption::outcome)
                .containsExactly(done("a", "before"), lost, done("b", "after"));
    }

    @Test
    void afterAReconnectWhatWasShownStaysUntilThereIsMore() {
        CaptionBoard board = fold(started("a", 0), partial("a", "one two", " three"), reconnected());
        board = board.accept(partial("a", "", "on"));
        assertThat(texts(board.current())).containsExactly("one two three");
        board = board.accept(partial("a", "one", " two three"));
        assertThat(texts(board.current())).containsExactly("one two three");
        board = board.accept(partial("a", "one", " two three four"));
        assertThat(board.current()).singleElement().satisfies(caption -> {
            assertThat(caption.confirmed()).isEqualTo("one two");
            assertThat(caption.text()).isEqualTo("one two three four");
        });
        board = board.accept(partial("a", "one", " two"));
        assertThat(texts(board.current())).containsExactly("one two");
        assertThat(texts(board.accept(done("a", "one")).settled())).containsExactly("one");
    }

    @Test
    void theSameTextHeardAgainMayBeMoreCertain() {
        CaptionBoard board = fold(started("a", 0), partial("a", "one", " two"), reconnected());
        board = board.accept(partial("a", "one two", ""));
        assertThat(board.current())
                .singleElement()
                .satisfies(caption -> assertThat(caption.confirmed()).isEqualTo("one two"));
    }

    @Test
    void anEndBehindAnOpenCaptionStaysWhenTheSessionIsLost() {
        CaptionBoard board = fold(
                started("a", 0),
                partial("b", "", "second"),
                reconnected(),
                done("b", "2"),
                partial("b", "", "second!"));
        assertThat(texts(board.current())).containsExactly("", "2");
    }

    @Test
    void aSessionThatGoesOnTakesNothingAway() {
        CaptionBoard board =
                fold(ready(), done("before", "said"), started("a", 0), partial("a", "one two", " three"), ready());
        assertThat(texts(board.current())).containsExactly("one two three");
        board = board.accept(partial("a", "", "one"));
        assertThat(texts(board.current())).containsExactly("one two three");
        board = board.accept(partial("a", "one", " two three four"));
        assertThat(board.current()).singleElement().satisfies(caption -> {
            assertThat(caption.confirmed()).isEqualTo("one two");
            assertThat(caption.text()).isEqualTo("one two three four");
            assertThat(caption.revisions()).isZero();
        });
        board = board.accept(started("b", 900)).accept(partial("before", "", "late"));
        assertThat(texts(board.current())).containsExactly("one two three four", "");
        assertThat(texts(board.accept(done("a", "one two three four")).settled()))
                .containsExactly("one two three four");
    }

    @Test
    void aSessionThatGoesOnMayBeginWithTheEnd() {
        CaptionBoard board = fold(ready(), started("a", 0), started("b", 500), done("b", "second"), ready());
        assertThat(texts(board.accept(done("a", "first")).settled())).containsExactly("first", "second");
    }

    @Test
    void lostAudioDoesNotTellWhetherASessionGoesOn() {
        CaptionBoard board =
                fold(ready(), started("a", 0), partial("a", "one", ""), ready(), new AudioDropped(ms(100), ms(200)));
        assertThat(texts(board.current())).containsExactly("one", "");
        assertThat(board.accept(done("a", "one")).settled()).hasSize(2);
    }

    @Test
    void aNewSessionTakesOpenCaptionsAwayOnceItSpeaksOfOthers() {
        CaptionBoard board = fold(ready(), started("a", 0), done("b", "second"), ready());
        assertThat(texts(board.current())).containsExactly("", "second");
        CaptionBoard fresh = board.accept(started("c", 0));
        assertThat(fresh.current()).extracting(Caption::itemId).containsExactly("c");
        assertThat(texts(fresh.settled())).containsExactly("second");
        assertThat(texts(fresh.accept(done("b", "of the new session")).current()))
                .containsExactly("", "of the new session");
        assertThat(texts(board.accept(done("b", "of the new session")).settled()))
                .containsExactly("second", "of the new session");
    }

    @Test
    void aNewSessionMayUseIdsAgain() {
        CaptionBoard board = fold(started("a", 100), partial("a", "one two", ""), ready(), started("a", 100));
        assertThat(texts(board.current())).containsExactly("");
        CaptionBoard between = fold(done("a", "first"), ready(), done("a", "of the new session"));
        assertThat(texts(between.settled())).containsExactly("of the new session");
    }

    @Test
    void aResultThatNeverComesHoldsSixteenOthersUp() {
        CaptionBoard board = fold(started("never", 0), partial("never", "", "hm"));
        for (int i = 1; i < 16; i++) {
            board = board.accept(done("item_" + i, "text " + i));
            assertThat(board.settled()).isEmpty();
        }
        board = board.accept(partial("open", "", "still")).accept(done("item_16", "text 16"));
        assertThat(board.settled()).hasSize(15);
        assertThat(texts(board.current())).containsExactly("still", "text 16");
        board = board.accept(partial("never", "", "hm hm"));
        assertThat(texts(board.current())).containsExactly("still", "text 16");
        assertThat(texts(board.accept(done("never", "Hm.")).settled()))
                .as("nothing is lost")
                .containsExactly("Hm.");
        assertThat(board.accept(done("never", "Hm."))
                        .accept(done("never", "Hm."))
                        .settled())
                .isEmpty();
        assertThat(texts(board.end().settled())).containsExactly("text 16");
    }

    @Test
    void aResultThatNeverComesHoldsOthersUpForThirtySeconds() {
        CaptionBoard board =
                fold(started("never", 0), done("b", "second", 1_000, 2_000), done("c", "third", 3_000, 5_000));
        board = board.accept(started("d", 32_000));
        assertThat(board.settled()).isEmpty();
        board = board.accept(stopped("d", 32_001));
        assertThat(texts(board.settled())).containsExactly("second", "third");
        assertThat(board.current()).extracting(Caption::itemId).containsExactly("d");
    }

    @Test
    void lostAudioWithinALongUtteranceDoesNotEndIt() {
        CaptionBoard board = fold(started("long", 0), partial("long", "", "on and"));
        for (int i = 1; i <= 40; i++) {
            board = board.accept(new AudioDropped(ms(i * 2_000L), ms(i * 2_000L + 100)));
        }
        assertThat(board.current()).hasSize(41);
        assertThat(texts(board.accept(partial("long", "", "on and on")).current()))
                .startsWith("on and on");
    }

    @Test
    void partialsAreLeftOutHoweverLateTheyAre() {
        CaptionBoard board = CaptionBoard.empty();
        for (int i = 0; i < 4_100; i++) {
            board = board.accept(done("item_" + i, "text"));
        }
        for (int late : new int[] {4, 70, 4_000, 4_099}) {
            assertThat(board.accept(partial("item_" + late, "", "late")).current())
                    .isEmpty();
        }
    }

    @Test
    void theDeadThatComeBackDoNotStay() {
        CaptionBoard board = CaptionBoard.empty();
        for (int i = 0; i < 10_000; i++) {
            board = board.accept(done("item_" + i, "text"));
        }
        board = board.accept(partial("item_0", "", "late"));
        int settled = 0;
        for (int i = 10_000; i < 10_020; i++) {
            board = board.accept(done("item_" + i, "text"));
            settled += board.settled().size();
        }
        assertThat(board.current()).isEmpty();
        assertThat(settled).isEqualTo(20);
    }

    @Test
    void theEndSettlesWhatHasEnded() {
        CaptionBoard board =
                fold(partial("a", "", "never"), done("b", "second")).end();
        assertThat(board.current()).isEmpty();
        assertThat(texts(board.settled())).containsExactly("second");
    }

    @Test
    void whatChangesNothingReturnsTheSameBoard() {
        CaptionBoard board = fold(started("a", 0), partial("a", "", "x"));
        assertThat(board.accept(partial("a", "", "x"))).isSameAs(board);
        assertThat(board.accept(new Cleared())).isSameAs(board);
        assertThat(board.accept(new Committed("a", null))).isSameAs(board);
    }

    @Test
    void countsWhatIsRewritten() {
        assertThat(fold(partial("a", "", "hel"), partial("a", "hel", "lo"), done("a", "hello"))
                        .flicker())
                .isEqualTo(new Flicker(0, 5));
        Flicker flicker = fold(
                        partial("a", "", "hollow"),
                        partial("a", "hello", "."),
                        partial("a", "hello", " w"),
                        done("a", "hello 🌍"))
                .flicker();
        assertThat(flicker).isEqualTo(new Flicker(5 + 1 + 1, 7));
        assertThat(flicker.perCharacter()).isCloseTo(1.0, within(1e-9));
    }

    @Test
    void aStreamThatBreaksTheContractTakesNoMemoryWithoutEnd() {
        CaptionBoard board = CaptionBoard.empty();
        for (int i = 0; i < 3_000; i++) {
            board = board.accept(started("item_" + i, i));
        }
        assertThat(board.current()).hasSize(1_024);
        assertThat(board.current().get(1_023).itemId()).isEqualTo("item_2999");
    }
}
