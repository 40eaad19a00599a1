package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.qwenasr.reactor.ServerSessions.Place;
import io.qwenasr.session.ServerSession;
import io.qwenasr.session.ServerSessionSettings;
import java.time.Duration;
import java.util.concurrent.ForkJoinPool;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

class ServerSessionsTest {

    private static final int ROUNDS = 20_000;
    private static final int KEY = 7;
    private static final Duration LIMIT = Duration.ofSeconds(60);

    private final ServerSessions sessions = new ServerSessions(1, 1);

    private EmbeddedChannel openSession() {
        EmbeddedChannel channel = new EmbeddedChannel();
        assertThat(sessions.reserve(channel, KEY)).isEqualTo(Place.GIVEN);
        sessions.add(
                channel, new ServerSession((audio, options) -> Flux.never(), null, ServerSessionSettings.DEFAULTS));
        return channel;
    }

    /** Who waits until no session is open finds the only place free. */
    @Test
    void aPlaceIsFreeOnceItsSessionIsNotCounted() {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        for (int round = 0; round < ROUNDS && System.nanoTime() - deadline < 0; round++) {
            EmbeddedChannel channel = openSession();
            ForkJoinPool.commonPool().execute(channel::close);
            while (sessions.size() > 0) {
                assertThat(System.nanoTime() - deadline).isNegative();
            }
        }
    }

    @Test
    void aStopEndsWhenNoSessionIsCounted() {
        EmbeddedChannel channel = openSession();
        AtomicInteger counted = new AtomicInteger(-1);
        sessions.drain(LIMIT).doOnSuccess(end -> counted.set(sessions.size())).subscribe();
        assertThat(counted).as("while the session is open").hasValue(-1);
        channel.close().syncUninterruptibly();
        assertThat(counted).hasValue(0);
    }
}
