package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelOption;
import io.netty.channel.WriteBufferWaterMark;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.session.ClientSessionSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.test.publisher.TestPublisher;
import reactor.test.publisher.TestPublisher.Violation;

/** How much audio a client asks for while a real socket takes none: never more than the window, and never less. */
class WindowTests {

    private static final int CHUNK = 3_200;

    /** 65,536 bytes of window, 4,358 of append. */
    private static final int WINDOW = 15;

    private final StubServer server = new StubServer(StubSession::stopReading);
    private final WireProbe probe = new WireProbe();
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private long emitted;

    @AfterEach
    void stop() {
        server.close();
    }

    /**
     * The watermarks of the channel are out of the way: they stop the source as well, but let it go on later. So are
     * the timeouts: pongs and the Close wait behind what the peer does not take.
     */
    private Disposable transcribe(TestPublisher<ByteBuffer> source) {
        Flux<TranscriptionEvent> events = QwenAsrClient.builder(server.endpoint())
                .httpClient(probe.httpClient()
                        .option(ChannelOption.WRITE_BUFFER_WATER_MARK, new WriteBufferWaterMark(1 << 20, 1 << 21)))
                .session(ClientSessionSettings.DEFAULTS
                        .withKeepAliveInterval(Duration.ZERO)
                        .withCloseTimeout(Duration.ofSeconds(20)))
                .build()
                .transcribe(probe.counting(source.flux()));
        return events.subscribe(event -> {}, failure::set);
    }

    private WireProbe.State stall(TestPublisher<ByteBuffer> source) {
        return probe.awaitStall(() -> {
            while (emitted < probe.requested()) {
                emit(source);
            }
        });
    }

    private void emit(TestPublisher<ByteBuffer> source) {
        emitted++;
        source.next(ByteBuffer.allocate(CHUNK));
    }

    @Test
    void asksForAWholeWindowAheadOfTheSocketAndNoMore() {
        TestPublisher<ByteBuffer> source = TestPublisher.create();
        Disposable session = transcribe(source);
        StubSession peer = server.next();
        WireProbe.State state = stall(source);
        source.assertMaxRequested(0);
        assertThat(state.ahead()).isEqualTo(WINDOW);
        for (int i = 0; i < 20; i++) {
            WireProbe.State before = state;
            // Once may be too little for the peer's TCP to tell of the room.
            Await.until("the socket takes more", () -> {
                peer.readOnce();
                return probe.state().flushed() > before.flushed();
            });
            state = stall(source);
            assertThat(state.ahead()).as("asked for again as the socket takes").isEqualTo(WINDOW);
        }
        assertThat(probe.mostAhead()).as("at any moment").isEqualTo(WINDOW);
        session.dispose();
    }

    @Test
    void asksForNothingAfterACancel() {
        TestPublisher<ByteBuffer> source = TestPublisher.create();
        Disposable session = transcribe(source);
        StubSession peer = server.next();
        stall(source);
        WireProbe.State cancelled = probe.stateAfter(session::dispose);
        source.assertCancelled(1);
        peer.resumeReading();
        assertThat(peer.awaitClose()).isEqualTo(1000);
        probe.channel().closeFuture().syncUninterruptibly();
        assertThat(probe.state())
                .as("no more than what was on its way")
                .isEqualTo(new WireProbe.State(cancelled.requested(), emitted, emitted));
    }

    @Test
    void refusesWhatItHasNotAskedForAndSendsNoneOfIt() {
        TestPublisher<ByteBuffer> source = TestPublisher.createNoncompliant(Violation.REQUEST_OVERFLOW);
        transcribe(source);
        StubSession peer = server.next();
        stall(source);
        // On the event loop, where requests are made: none comes in between.
        WireProbe.State asked = probe.stateAfter(() -> {
            do {
                emit(source);
            } while (emitted <= probe.requested());
        });
        Await.until("the session fails", () -> failure.get() != null);
        assertThat(failure.get())
                .isInstanceOf(InvalidSignalException.class)
                .hasMessageContaining("had not been requested");
        source.assertCancelled(1);
        source.assertRequestOverflow();
        peer.resumeReading();
        assertThat(peer.awaitClose()).isEqualTo(1000);
        assertThat(peer.appends()).isEqualTo(asked.requested());
        assertThat(peer.audioBytes()).isEqualTo(asked.requested() * CHUNK);
    }
}
