package io.qwenasr.reactor.resume;

import static io.qwenasr.reactor.resume.HandServer.entry;
import static io.qwenasr.reactor.resume.HandServer.s;
import static io.qwenasr.reactor.resume.HandServer.unkept;
import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioLedger.State;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Committed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Reconnected;
import org.junit.jupiter.api.Test;

/** What a session that takes over hears, when the one before has more to say than is kept. */
class TakeoverTests {

    private static final SessionOptions VAD = SessionOptions.defaults();
    private static final SessionOptions MANUAL =
            SessionOptions.builder().manual().build();

    @Test
    void leavesAnUtteranceThatIsLongerThanWhatIsKeptToTheOldSession() {
        HandServer server = new HandServer().with(VAD, r -> r.keeping(s(5)).rollingOverBefore(s(20)));
        HandServer.Session old = server.last();
        old.waitsForItsResults();
        server.listens(1);
        old.started("u", 0.5);
        server.listens(16);
        assertThat(server.opened()).isEqualTo(2);
        HandServer.Session next = server.last();
        assertThat(old.hasAllAudio()).isTrue();
        double change = old.heardTo();
        assertThat(next.heardFrom()).isEqualTo(change);
        // It waits for its turn.
        next.utterance("v", "the rest", 0, 1);
        assertThat(server.texts()).isEmpty();
        old.stopped("u", change);
        old.result("u", "the begin", 0.5, change);
        assertThat(server.texts()).containsExactly("the begin");
        old.completes();
        server.hearsTheEnd();
        assertThat(server.texts()).containsExactly("the begin", "the rest");
        assertThat(server.only(Final.class).get(1).start()).isEqualTo(s(change));
        assertThat(server.ledger().entries()).containsExactly(entry(0, 17, State.SETTLED));
    }

    @Test
    void tellsWhatIsLostIfTheOldSessionDiesWithIt() {
        HandServer server = new HandServer().with(VAD, r -> r.keeping(s(5)).rollingOverBefore(s(20)));
        HandServer.Session old = server.last();
        old.waitsForItsResults();
        server.listens(1);
        old.started("u", 0.5);
        server.listens(16);
        assertThat(server.opened()).isEqualTo(2);
        old.dies();
        server.pass(1);
        assertThat(server.last().heardFrom()).isEqualTo(12);
        server.hearsTheEnd();
        assertThat(server.only(Reconnected.class).get(0).lost()).isEqualTo(s(11.5));
        assertThat(server.ledger().entries())
                .containsExactly(entry(0, 0.5, State.SETTLED), unkept(0.5, 12), entry(12, 17, State.SETTLED));
    }

    @Test
    void endsAnUtteranceOfTheCallersThatIsLongerThanWhatIsKeptWhereTheNextSessionBegins() {
        HandServer server = new HandServer().with(MANUAL, r -> r.keeping(s(5)).rollingOverBefore(s(20)));
        HandServer.Session old = server.last();
        old.waitsForItsResults();
        server.listens(17);
        assertThat(server.opened()).isEqualTo(2);
        HandServer.Session next = server.last();
        double change = old.heardTo();
        assertThat(next.heardFrom()).isEqualTo(change);
        server.hears(AudioSignal.commit());
        next.say(new Committed("v", null));
        next.result("v", "the rest", 0, 17 - change);
        old.say(new Committed("u", null));
        old.result("u", "the begin", 0, change);
        old.completes();
        server.hearsTheEnd();
        assertThat(server.texts()).containsExactly("the begin", "the rest");
        assertThat(server.only(Final.class)).extracting(Final::start).containsExactly(s(0), s(change));
        assertThat(server.only(Final.class)).extracting(Final::end).containsExactly(s(change), s(17));
        assertThat(server.ledger().entries()).containsExactly(entry(0, 17, State.SETTLED));
    }

    @Test
    void hearsNothingTwiceOfAServerThatDoesNotSayWhatStopped() {
        HandServer server = new HandServer().with(VAD, r -> r.rollingOverBefore(s(20)));
        server.listens(5);
        HandServer.Session old = server.last();
        old.started("a", 0.5);
        old.stopped(null, 1.5);
        old.result("a", "hello", 0.5, null);
        server.listens(8);
        assertThat(server.opened()).isEqualTo(2);
        assertThat(server.last().heardFrom()).isEqualTo(1.5);
    }

    @Test
    void tellsOfAGapThatOnlyASessionKnewWhoseTurnHadNotCome() {
        HandServer server = new HandServer().with(VAD, r -> r.rollingOverBefore(s(10)));
        HandServer.Session old = server.last();
        old.waitsForItsResults();
        server.listens(5);
        old.started("a", 1);
        server.listens(1.5);
        old.stopped("a", 5.9);
        assertThat(server.opened()).isEqualTo(2);
        HandServer.Session next = server.last();
        tellOfGaps(next);
        server.hears(0.5);
        server.hears(AudioSignal.gap(s(2)));
        server.hears(0.5);
        assertThat(next.signals()).hasSize(1);
        assertThat(server.only(AudioDropped.class)).isEmpty();
        old.dies();
        server.pass(0.05);
        server.pass(0.05);
        tellOfGaps(server.last());
        assertThat(server.opened()).isEqualTo(3);
        server.last().signals().forEach(gap -> server.last().say(new AudioDropped(s(7), s(9))));
        server.last().utterance("k", "A", 1, 5.9);
        server.hearsTheEnd();
        assertThat(server.only(AudioDropped.class)).containsExactly(new AudioDropped(s(7), s(9)));
        assertThat(server.texts()).containsExactly("A");
    }

    private static void tellOfGaps(HandServer.Session session) {
        session.onSignal(signal -> {
            if (signal instanceof AudioSignal.Gap gap) {
                session.say(new AudioDropped(
                        s(session.heardSeconds()), s(session.heardSeconds()).plus(gap.length())));
            }
        });
    }
}
