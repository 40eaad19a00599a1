package io.qwenasr.reactor.resume;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.ConnectionClosedException;
import io.qwenasr.SessionPhase;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SessionLimitTest {

    private static final Duration CONFIGURED = Duration.ofMinutes(10);

    private static ConnectionClosedException closed(String reason) {
        return new ConnectionClosedException(1008, reason, SessionPhase.STREAMING, null, null);
    }

    private static Duration s(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1_000));
    }

    private static SessionLimit learned() {
        SessionLimit limit = new SessionLimit(null);
        for (int i = 0; i < 3; i++) {
            limit.onEnd(closed("time is up"), s(60 + i));
        }
        return limit;
    }

    @Test
    void isLearnedFromThreeInARow() {
        SessionLimit limit = new SessionLimit(null);
        limit.onEnd(closed("time is up"), s(60));
        limit.onEnd(closed("time is up"), s(61));
        assertThat(limit.ofNext()).isNull();
        limit.onEnd(closed("time is up"), s(60.5));
        assertThat(limit.ofNext()).isEqualTo(s(60));
    }

    @Test
    void isNotLearnedFromOtherEndsInBetweenNorFromShortSessions() {
        SessionLimit limit = new SessionLimit(null);
        limit.onEnd(closed("time is up"), s(60));
        limit.onEnd(closed("time is up"), s(60));
        limit.onEnd(closed("restart"), s(60));
        limit.onEnd(closed("time is up"), s(60));
        limit.onEnd(null, s(60));
        limit.onEnd(closed("time is up"), s(60));
        limit.onEnd(closed("time is up"), s(50));
        limit.onEnd(closed("time is up"), s(50));
        assertThat(limit.ofNext()).isNull();
        for (int i = 0; i < 5; i++) {
            limit.onEnd(closed("full"), s(9.9));
        }
        assertThat(limit.ofNext()).isNull();
    }

    @Test
    void isForgottenOnceASessionOutlivesIt() {
        SessionLimit limit = learned();
        limit.onEnd(closed("time is up"), s(62));
        assertThat(limit.ofNext()).isEqualTo(s(60));
        limit.onEnd(null, s(64));
        assertThat(limit.ofNext()).isNull();
    }

    @Test
    void isTriedOutNowAndThen() {
        SessionLimit limit = learned();
        for (int i = 1; i < 20; i++) {
            assertThat(limit.ofNext()).isEqualTo(s(60));
        }
        assertThat(limit.ofNext()).isNull();
        assertThat(limit.ofNext()).isEqualTo(s(60));
    }

    @Test
    void isTheShorterOfWhatWasToldAndWhatWasShown() {
        SessionLimit limit = new SessionLimit(CONFIGURED);
        assertThat(limit.ofNext()).isEqualTo(CONFIGURED);
        for (int i = 0; i < 3; i++) {
            limit.onEnd(closed("time is up"), s(60));
        }
        assertThat(limit.ofNext()).isEqualTo(s(60));
        limit.onEnd(null, s(90));
        assertThat(limit.ofNext()).isEqualTo(CONFIGURED);
    }
}
