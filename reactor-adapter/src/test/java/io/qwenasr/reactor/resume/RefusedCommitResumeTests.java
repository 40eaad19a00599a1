package io.qwenasr.reactor.resume;

import static io.qwenasr.reactor.resume.HandServer.entry;
import static io.qwenasr.reactor.resume.HandServer.s;
import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioLedger.State;
import io.qwenasr.AudioSignal;
import io.qwenasr.ServerError;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent.Cleared;
import io.qwenasr.TranscriptionEvent.Committed;
import io.qwenasr.TranscriptionEvent.ErrorReported;
import io.qwenasr.TranscriptionEvent.Final;
import org.junit.jupiter.api.Test;

/** Commits that the service refuses: their audio is the begin of the next utterance. */
class RefusedCommitResumeTests {

    private static final SessionOptions MANUAL =
            SessionOptions.builder().manual().build();
    private static final ServerError TOO_SMALL =
            new ServerError("invalid_request_error", null, "buffer too small", null, "event_c1");

    private final HandServer server = new HandServer().with(MANUAL, r -> r);

    private void commitsAfter(double seconds) {
        server.hears(seconds);
        server.hears(AudioSignal.commit());
    }

    @Test
    void doNotMoveTheResultsBehindThem() {
        HandServer.Session one = server.last();
        commitsAfter(0.1);
        one.say(new ErrorReported(TOO_SMALL, s(0), s(0.1)));
        commitsAfter(2);
        one.say(new Committed("i2", null));
        one.result("i2", "two", 0, 2.1);
        commitsAfter(1);
        one.say(new Committed("i3", "i2"));
        one.result("i3", "three", 2.1, 3.1);
        server.hears(0.5);
        one.dies();
        server.pass(1);
        assertThat(server.last().heardFrom()).isEqualTo(3.1);
        assertThat(server.last().signals()).isEmpty();
        server.hearsTheEnd();
        assertThat(server.only(Final.class))
                .containsExactly(
                        new Final("i2", "two", null, null, s(0), s(2.1)),
                        new Final("i3", "three", null, null, s(2.1), s(3.1)));
        assertThat(server.only(ErrorReported.class)).containsExactly(new ErrorReported(TOO_SMALL, s(0), s(0.1)));
        assertThat(server.ledger().entries()).containsExactly(entry(0, 3.6, State.SETTLED));
    }

    @Test
    void areToldOnTheWholeTimelineAfterALoss() {
        commitsAfter(1);
        server.last().say(new Committed("i1", null));
        server.last().result("i1", "one", 0, 1.0);
        server.last().dies();
        server.pass(1);
        commitsAfter(0.1);
        server.last().say(new ErrorReported(TOO_SMALL, s(0), s(0.1)));
        commitsAfter(1);
        server.last().say(new Committed("j", null));
        server.last().result("j", "two", 0, 1.1);
        server.hearsTheEnd();
        assertThat(server.only(ErrorReported.class)).containsExactly(new ErrorReported(TOO_SMALL, s(1), s(1.1)));
        assertThat(server.only(Final.class).get(1)).isEqualTo(new Final("j@2", "two", null, null, s(1), s(2.1)));
    }

    @Test
    void areKnownByThePositionsOfTheNextResultWhereTheServiceDoesNotNameThem() {
        HandServer.Session one = server.last();
        commitsAfter(0.1);
        one.say(new ErrorReported(TOO_SMALL));
        commitsAfter(2);
        one.say(new Committed("i2", null));
        one.result("i2", "two", 0, 2.1);
        server.hears(0.5);
        one.dies();
        server.pass(1);
        assertThat(server.last().heardFrom()).isEqualTo(2.1);
        assertThat(server.only(Final.class)).containsExactly(new Final("i2", "two", null, null, s(0), s(2.1)));
    }

    @Test
    void endTheirUtteranceWhenTheirAudioIsCleared() {
        HandServer.Session one = server.last();
        commitsAfter(0.1);
        one.say(new ErrorReported(TOO_SMALL, s(0), s(0.1)));
        server.hears(AudioSignal.clear());
        assertThat(one.signals()).containsExactly(AudioSignal.commit(), AudioSignal.clear());
        one.say(new Cleared());
        server.hears(1);
        one.dies();
        server.pass(1);
        assertThat(server.last().heardFrom()).isEqualTo(0.1);
    }

    @Test
    void endOneThatTheSessionBeforeHadAcknowledged() {
        commitsAfter(0.1);
        HandServer.Session one = server.last();
        one.waitsForItsResults();
        one.say(new Committed("i1", null));
        server.hearsTheEnd();
        one.dies();
        server.pass(1);
        assertThat(server.opened()).isEqualTo(2);
        assertThat(server.isDone()).isTrue();
        assertThat(server.only(Final.class)).containsExactly(new Final("i1", "", null, null, s(0), s(0.1)));
        assertThat(server.ledger().entries()).containsExactly(entry(0, 0.1, State.SETTLED));
    }
}
