package io.qwenasr.reactor.resume;

import static io.qwenasr.reactor.resume.HandServer.entry;
import static io.qwenasr.reactor.resume.HandServer.s;
import static io.qwenasr.reactor.resume.HandServer.unkept;
import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioLedger.State;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent.Reconnected;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** What is taken for silence, and what is not, when no more fits. */
class SilenceTests {

    private static final SessionOptions VAD = SessionOptions.defaults();

    @Test
    void takesNoAudioForSilenceThatNobodyHadTheTimeToHear() {
        HandServer server = new HandServer()
                .refusing(n -> (n >= 2 && n <= 3) || (n >= 5 && n <= 7))
                .with(VAD, r -> r.keeping(s(10)));
        server.hears(1);
        server.last().dies();
        server.hears(9.5);
        server.pass(0.35);
        assertThat(server.last().heardTo()).isEqualTo(10.5);
        server.last().dies();
        server.hears(9);
        server.pass(1);
        assertThat(server.last().heardFrom()).isEqualTo(0.5);
        server.hearsTheEnd();
        assertThat(server.ledger().entries()).containsExactly(unkept(0, 0.5), entry(0.5, 19.5, State.SETTLED));
        assertThat(server.only(Reconnected.class).get(1).lost()).isEqualTo(s(0.5));
    }

    @Test
    void takesNoAudioForSilenceThatCameFasterThanItWasSpoken() {
        HandServer server = new HandServer().with(VAD, r -> r.keeping(s(10)));
        server.hears(60);
        server.listens(20);
        server.last().dies();
        server.pass(1);
        server.hearsTheEnd();
        // It may have heard 20 s, and what comes as a chunk, and must have told of 15 s of them.
        Duration lost = server.only(Reconnected.class).get(0).lost();
        assertThat(lost).isBetween(s(54.5), s(55));
        assertThat(server.ledger().total(State.LOST)).isEqualTo(lost);
        assertThat(server.ledger().entries()).last().isEqualTo(entry(70, 80, State.SETTLED));
    }

    @Test
    void takesForHeardWhatNothingWasSaidAboutForFiveSeconds() {
        HandServer server = new HandServer().with(VAD, r -> r.keeping(s(2)));
        server.listens(10);
        server.last().dies();
        server.pass(1);
        server.hearsTheEnd();
        Reconnected reconnected = server.only(Reconnected.class).get(0);
        assertThat(reconnected.replayed()).isEqualTo(s(2));
        // The session might have told of the last 5 s later.
        assertThat(reconnected.lost()).isEqualTo(s(3));
        assertThat(server.ledger().entries())
                .containsExactly(entry(0, 5, State.SETTLED), unkept(5, 8), entry(8, 10, State.SETTLED));
    }

    @Test
    void keepsWhatWasSaidInFiveSecondsOfSilence() {
        HandServer server = new HandServer().with(VAD, r -> r.keeping(s(10)));
        server.listens(60);
        server.last().dies();
        server.pass(1);
        server.hearsTheEnd();
        assertThat(server.only(Reconnected.class).get(0).lost()).isZero();
        assertThat(server.ledger().entries()).containsExactly(entry(0, 60, State.SETTLED));
    }

    @Test
    void waitsLongerForASessionThatLetsPeoplePauseForLonger() {
        HandServer server = new HandServer()
                .with(SessionOptions.builder().serverVad(0, s(6)).build(), r -> r.keeping(s(6.5)));
        server.listens(60);
        server.last().dies();
        server.pass(1);
        server.hearsTheEnd();
        assertThat(server.only(Reconnected.class).get(0).lost()).isEqualTo(s(1.5));
    }

    @Test
    void takesForHeardWhatLiesBeforeAPositionThatTheServerTold() {
        HandServer server = new HandServer().with(VAD, r -> r.keeping(s(10)));
        server.hears(30);
        server.last().started("a", 25);
        server.hears(0.1);
        server.last().dies();
        server.pass(1);
        server.hearsTheEnd();
        assertThat(server.only(Reconnected.class).get(0).lost()).isZero();
        assertThat(server.last().heardFrom()).isEqualTo(25);
    }

    @Test
    void declaresLostWhatWasTakenForSilenceUntilTheServerToldOtherwise() {
        HandServer server = new HandServer().with(VAD, r -> r.keeping(s(10)));
        server.listens(30);
        server.last().started("late", 12);
        server.last().dies();
        server.pass(1);
        server.last().started("again", 0);
        server.last().stopped("again", 2);
        server.last().result("again", "the rest", 0, 2.0);
        server.hearsTheEnd();
        assertThat(server.only(Reconnected.class).get(0).lost()).isEqualTo(s(8));
        assertThat(server.ledger().entries())
                .containsExactly(entry(0, 12, State.SETTLED), unkept(12, 20), entry(20, 30, State.SETTLED));
    }

    @Test
    void countsNoGapAsKept() {
        HandServer server = new HandServer().with(VAD, r -> r.keeping(s(10)));
        server.hears(5);
        server.last().started("a", 0.5);
        server.hears(AudioSignal.gap(s(12)));
        server.hears(0.1);
        server.last().dies();
        server.pass(1);
        assertThat(server.last().heardFrom()).isZero();
        assertThat(server.last().heardSeconds()).isEqualTo(5.1);
        assertThat(server.only(Reconnected.class).get(0).lost()).isZero();
    }

    @Test
    void givesUpNothingForAGap() {
        HandServer server = new HandServer().with(VAD, r -> r.keeping(s(10)));
        server.hears(9);
        server.hears(AudioSignal.gap(s(12)));
        server.last().dies();
        server.pass(1);
        assertThat(server.last().heardSeconds()).isEqualTo(9);
    }
}
