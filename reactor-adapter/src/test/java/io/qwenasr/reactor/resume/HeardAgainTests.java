package io.qwenasr.reactor.resume;

import static io.qwenasr.reactor.resume.HandServer.entry;
import static io.qwenasr.reactor.resume.HandServer.s;
import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioLedger.State;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import org.junit.jupiter.api.Test;

/** Which of the utterances of the next session are those of the one before. */
class HeardAgainTests {

    private static final SessionOptions VAD = SessionOptions.defaults();

    private final HandServer server = new HandServer().with(VAD, r -> r.keeping(s(60)));

    private HandServer.Session next() {
        server.last().dies();
        server.pass(1);
        return server.last();
    }

    @Test
    void endsTheOnlyOneThatGoesOnWhereTheServerDoesNotSayWhichStopped() {
        server.hears(2);
        HandServer.Session one = server.last();
        one.started("a", 0.5);
        one.stopped(null, 1.5);
        one.result("a", "hello", 0.5, null);
        server.hears(1);
        assertThat(next().heardFrom()).isEqualTo(1.5);
        assertThat(server.only(SpeechStopped.class)).containsExactly(new SpeechStopped("a", s(1.5)));
        assertThat(server.only(Final.class)).extracting(Final::end).containsExactly(s(1.5));
    }

    @Test
    void endsOneWithoutAnEndWhereTheNextBegins() {
        server.hears(4);
        HandServer.Session one = server.last();
        one.started("a", 0.5);
        one.result("a", "hello", 0.5, null);
        one.started("b", 2);
        assertThat(next().heardFrom()).isEqualTo(2);
        server.last().utterance("c", "again", 0, 1.5);
        server.hearsTheEnd();
        assertThat(server.texts()).containsExactly("hello", "again");
        assertThat(server.only(Final.class)).extracting(Final::itemId).containsExactly("a", "b");
    }

    @Test
    void dropsOneWithoutAnEndThatIsHeardAgainAndNotWhatWasSaidBehindIt() {
        server.hears(2);
        HandServer.Session one = server.last();
        one.started("a", 0.5);
        one.result("a", "hello", 0.5, null);
        assertThat(next().heardFrom()).isEqualTo(0.5);
        server.hears(2);
        HandServer.Session two = server.last();
        two.started("a", 0);
        two.result("a", "hello", 0, null);
        two.started("b", 1.2);
        two.result("b", "you", 1.2, null);
        server.hearsTheEnd();
        assertThat(server.texts()).containsExactly("hello", "you");
        assertThat(server.only(SpeechStarted.class))
                .extracting(SpeechStarted::start)
                .containsExactly(s(0.5), s(1.7));
    }

    @Test
    void takesAServerThatTellsNoPositionsForDoneWithWhatItWasSent() {
        server.hears(2);
        server.last().say(new Final("a", "hello", null, null, null, null));
        server.hears(1);
        assertThat(next().heardFrom()).isEqualTo(2);
        server.last().say(new Final("b", "you", null, null, null, null));
        server.hearsTheEnd();
        assertThat(server.texts()).containsExactly("hello", "you");
    }

    @Test
    void dropsOneThatHadItsResultBeforeTheOneBeforeIt() {
        server.hears(4);
        HandServer.Session one = server.last();
        one.started("a", 1);
        one.stopped("a", 2);
        one.utterance("b", "B", 2.5, 3.5);
        HandServer.Session two = next();
        assertThat(two.heardFrom()).isZero();
        two.utterance("x", "A", 1, 2);
        two.utterance("y", "B", 2.5, 3.5);
        server.hearsTheEnd();
        assertThat(server.texts()).containsExactly("B", "A");
        assertThat(server.only(SpeechStarted.class))
                .extracting(SpeechStarted::itemId)
                .containsExactly("a", "b");
    }

    @Test
    void dropsItInAThirdSessionToo() {
        server.hears(6);
        HandServer.Session one = server.last();
        one.started("a", 1);
        one.stopped("a", 2);
        one.utterance("b", "B", 3, 4);
        HandServer.Session two = next();
        two.started("x", 1);
        two.stopped("x", 2);
        two.started("y", 3);
        HandServer.Session three = next();
        three.utterance("x", "A", 1, 2);
        three.utterance("y", "B", 3.1, 4.1);
        three.utterance("z", "C", 4.6, 5.5);
        server.hearsTheEnd();
        assertThat(server.texts()).containsExactly("B", "A", "C");
        assertThat(server.ledger().entries()).containsExactly(entry(0, 6, State.SETTLED));
    }

    @Test
    void findsAShortOneBeforeOneThatHasItsResult() {
        server.hears(4);
        HandServer.Session one = server.last();
        one.started("a", 2.1);
        one.stopped("a", 2.3);
        one.utterance("b", "B", 2.5, 3.5);
        next().utterance("x", "YES", 2.1, 2.3);
        server.hearsTheEnd();
        assertThat(server.texts()).containsExactly("B", "YES");
        assertThat(server.only(Final.class)).extracting(Final::itemId).containsExactly("b", "a");
    }

    @Test
    void deliversOneThatGoesOnWhereOneWithAResultHadEnded() {
        server.hears(8);
        HandServer.Session one = server.last();
        one.started("a", 1);
        one.stopped("a", 2);
        one.utterance("b", "B", 3, 4);
        HandServer.Session two = next();
        two.started("x", 1);
        two.stopped("x", 2);
        two.started("y", 3);
        two.stopped("y", 7);
        two.result("x", "A", 1, 2.0);
        two.result("y", "B and more", 3, 7.0);
        server.hearsTheEnd();
        assertThat(server.texts()).containsExactly("B", "A", "B and more");
        assertThat(server.only(SpeechStarted.class))
                .last()
                .isEqualTo(new SpeechStarted(server.only(Final.class).get(2).itemId(), s(3)));
    }

    @Test
    void deliversAShortOneThatBeganJustBeforeTheEndOfOneWithAResult() {
        server.hears(8);
        HandServer.Session one = server.last();
        one.started("a", 1);
        one.stopped("a", 2);
        one.utterance("b", "B", 2.5, 4);
        HandServer.Session two = next();
        two.utterance("x", "A", 1, 2);
        two.utterance("y", "B", 2.5, 3.8);
        two.utterance("z", "YES", 3.9, 4.4);
        server.hearsTheEnd();
        assertThat(server.texts()).containsExactly("B", "A", "YES");
    }

    @Test
    void hearsAgainWhatGoesOnBehindAnEchoAfterAnotherFailure() {
        server.hears(4);
        HandServer.Session one = server.last();
        one.started("a", 1);
        one.stopped("a", 2);
        one.utterance("b", "B", 3, 4);
        HandServer.Session two = next();
        two.utterance("x", "A", 1, 2);
        two.started("y", 3);
        server.hears(3);
        HandServer.Session three = next();
        assertThat(three.heardFrom()).isEqualTo(4);
        three.utterance("z", "and more", 0, 3);
        server.hearsTheEnd();
        assertThat(server.texts()).containsExactly("B", "A", "and more");
    }

    @Test
    void endsAFalseStartThatTheNextSessionDoesNotHear() {
        server.hears(8);
        server.last().started("noise", 7);
        HandServer.Session two = next();
        server.hears(30);
        two.utterance("real", "REAL", 35, 37);
        server.hearsTheEnd();
        assertThat(server.texts()).containsExactly("", "REAL");
        assertThat(server.only(Final.class)).extracting(Final::itemId).containsExactly("noise", "real@2");
        assertThat(server.only(Final.class).get(1).start()).isEqualTo(s(35));
    }

    @Test
    void takesAPositionBehindTheAudioForItsEnd() {
        server.hears(2);
        server.last().utterance("a", "A", 0.5, 2.25);
        HandServer.Session two = next();
        server.hears(1);
        assertThat(two.heardFrom()).isEqualTo(2);
        assertThat(two.heardSeconds()).isEqualTo(1);
        server.hearsTheEnd();
        assertThat(server.isDone()).isTrue();
        assertThat(server.only(Final.class)).extracting(Final::end).containsExactly(s(2));
        assertThat(server.ledger().entries()).containsExactly(entry(0, 3, State.SETTLED));
    }
}
