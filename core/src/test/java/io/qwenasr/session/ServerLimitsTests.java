package io.qwenasr.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.qwenasr.AudioSignal;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.codec.ClientEvents;
import io.qwenasr.codec.ServerEvents;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A server session with a backend, a client or a network that does not keep up its part. */
class ServerLimitsTests {

    private static final int MAX_QUEUED = 32_000;
    private static final ServerSessionSettings SETTINGS =
            ServerSessionSettings.DEFAULTS.withMaxQueuedAudioBytes(MAX_QUEUED);
    private static final Duration HEARTBEAT = SETTINGS.heartbeatInterval();

    private final HeldWrites network = new HeldWrites();
    private final Recorder<AudioSignal> audio = new Recorder<>(0);
    private final ManualPublisher<TranscriptionEvent> backend = new ManualPublisher<>();
    private final List<String> sent = new ArrayList<>();
    private final List<Integer> closes = new ArrayList<>();
    private int pings;
    private int pongs;
    private ServerSession session = session(SETTINGS);
    private final EmbeddedChannel channel = new EmbeddedChannel(network);

    private ServerSession session(ServerSessionSettings settings) {
        return new ServerSession(
                (signals, options) -> {
                    signals.subscribe(audio);
                    return backend;
                },
                null,
                settings);
    }

    private void open() {
        channel.freezeTime();
        channel.pipeline().addLast(session.handler());
        settle();
    }

    @AfterEach
    void close() {
        network.holding = false;
        network.release(network.size());
        channel.finishAndReleaseAll();
    }

    private void append(int bytes) {
        channel.writeInbound(new TextWebSocketFrame(
                ClientEvents.encodeAppend("e", ByteBuffer.allocate(bytes), ByteBufAllocator.DEFAULT)));
        settle();
    }

    private void finish() {
        channel.writeInbound(
                new TextWebSocketFrame(Unpooled.copiedBuffer("{\"type\":\"session.finish\"}", StandardCharsets.UTF_8)));
        settle();
    }

    private void settle() {
        channel.runPendingTasks();
        for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            WebSocketFrame frame = (WebSocketFrame) out;
            if (frame instanceof TextWebSocketFrame text) {
                sent.add(ServerEvents.decode(text.content()).type());
            } else if (frame instanceof CloseWebSocketFrame close) {
                closes.add(close.statusCode());
            } else if (frame instanceof PingWebSocketFrame) {
                pings++;
            } else if (frame instanceof PongWebSocketFrame) {
                pongs++;
            }
            frame.release();
        }
    }

    private void pass(Duration time) {
        channel.advanceTimeBy(time.toNanos(), TimeUnit.NANOSECONDS);
        channel.runScheduledPendingTasks();
        settle();
    }

    @Test
    void readsOnWhenTheBackendWantsNoMoreAudio() {
        open();
        append(3_200);
        audio.subscription.cancel();
        settle();
        for (int i = 0; i < 3; i++) {
            append(MAX_QUEUED);
        }
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void cutsTheConnectionWhenTheAnswerToACloseCannotLeave() {
        open();
        network.holding = true;
        channel.writeInbound(new CloseWebSocketFrame(1000, ""));
        settle();
        assertThat(channel.isOpen()).isTrue();
        pass(SETTINGS.closeTimeout());
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void stopsAtOnceWhenToldSoBeforeItBegan() {
        session.drain();
        open();
        assertThat(closes).containsExactly(1001);
    }

    @Test
    void tellsAClientThatFinishedSoAlthoughTheServerStops() {
        open();
        append(3_200);
        finish();
        session.drain();
        settle();
        backend.complete();
        settle();
        assertThat(sent).endsWith("session.finished");
    }

    @Test
    void tellsAClientThatFinishesWhileTheServerStops() {
        open();
        append(3_200);
        session.drain();
        settle();
        finish();
        backend.complete();
        settle();
        assertThat(sent).endsWith("session.finished");
    }

    private void stall(boolean stalled) {
        channel.unsafe().outboundBuffer().setUserDefinedWritability(1, !stalled);
        channel.runPendingTasks();
    }

    @Test
    void endsASessionWhoseClientReadsNothing() {
        open();
        append(3_200);
        finish();
        stall(true);
        for (int i = 0; i < 10; i++) {
            pass(SETTINGS.idleTimeout().dividedBy(8));
        }
        assertThat(closes).containsExactly(1007);
    }

    private void answerPing() {
        channel.writeInbound(new PongWebSocketFrame());
        settle();
    }

    private void says(TranscriptionEvent event) {
        backend.next(event);
        settle();
    }

    private static TranscriptionEvent partial(String text) {
        return new TranscriptionEvent.Partial("a", "", text, null, null);
    }

    @Test
    void waitsForASlowBackendOfAClientThatReads() {
        open();
        append(3_200);
        finish();
        for (int i = 0; i < 20; i++) {
            pass(SETTINGS.idleTimeout().dividedBy(8));
            answerPing();
            says(partial("word " + i));
        }
        assertThat(closes).isEmpty();
    }

    @Test
    void endsAFinishedSessionWhoseClientGivesNoSignOfLife() {
        open();
        append(3_200);
        finish();
        for (int i = 0; i < 10; i++) {
            pass(SETTINGS.idleTimeout().dividedBy(8));
            says(partial("word " + i));
        }
        assertThat(closes).containsExactly(1007);
        assertThat(backend.cancelled).isTrue();
    }

    @Test
    void asksAClientBeforeItTakesItForGoneHoweverShortThatTimeIs() {
        session = session(SETTINGS.withIdleTimeout(HEARTBEAT.dividedBy(2)));
        open();
        append(3_200);
        finish();
        for (int i = 0; i < 20; i++) {
            int before = pings;
            pass(HEARTBEAT.dividedBy(8));
            says(partial("word " + i));
            if (pings > before) {
                answerPing();
            }
        }
        assertThat(closes).isEmpty();
    }

    // ---- heartbeat

    @Test
    void tellsAClientThatItDoesNotReadFromThatItIsThere() {
        open();
        append(MAX_QUEUED);
        append(3_200);
        assertThat(channel.config().isAutoRead()).isFalse();
        pass(HEARTBEAT.minusMillis(1));
        assertThat(pongs).isZero();
        pass(Duration.ofMillis(1));
        assertThat(pongs).isOne();
        pass(HEARTBEAT);
        assertThat(pongs).isEqualTo(2);
        audio.subscription.request(2);
        pass(HEARTBEAT);
        assertThat(pongs).isEqualTo(2);
    }

    @Test
    void showsItselfOftenEnoughForTheClientsKeepAlive() {
        assertThat(HEARTBEAT.multipliedBy(2)).isLessThanOrEqualTo(ClientSessionSettings.DEFAULTS.keepAliveInterval());
    }

    @Test
    void writesNoHeartbeatToAClientThatDoesNotRead() {
        open();
        append(MAX_QUEUED);
        append(3_200);
        stall(true);
        pass(HEARTBEAT);
        pass(HEARTBEAT);
        assertThat(pings + pongs).isZero();
    }

    @Test
    void asksASilentClientForASignOfLife() {
        open();
        append(3_200);
        pass(HEARTBEAT);
        assertThat(pings).isZero();
        pass(HEARTBEAT);
        assertThat(pings).isOne();
        answerPing();
        pass(HEARTBEAT);
        assertThat(pings).isOne();
        finish();
        pass(HEARTBEAT);
        pass(HEARTBEAT);
        assertThat(pings).isEqualTo(2);
    }

    // ---- a backend that is stuck

    private void passTheBackendsTime() {
        for (int i = 0; i < 9 && closes.isEmpty(); i++) {
            pass(SETTINGS.backendTimeout().dividedBy(8));
            answerPing();
        }
    }

    @Test
    void endsASessionWhoseBackendTakesNoAudio() {
        open();
        append(3_200);
        pass(SETTINGS.backendTimeout().minusSeconds(1));
        assertThat(closes).isEmpty();
        passTheBackendsTime();
        assertThat(sent).endsWith("error");
        assertThat(closes).containsExactly(1011);
        assertThat(backend.cancelled).isTrue();
    }

    @Test
    void endsASessionThatIsNotReadFromSinceItsBackendIsStuck() {
        open();
        append(MAX_QUEUED);
        append(3_200);
        passTheBackendsTime();
        assertThat(closes).containsExactly(1011);
    }

    @Test
    void endsAFinishedSessionWhoseBackendSaysNothing() {
        open();
        append(3_200);
        audio.subscription.request(9);
        says(partial("and"));
        finish();
        passTheBackendsTime();
        assertThat(sent).endsWith("conversation.item.input_audio_transcription.failed", "error");
        assertThat(closes).containsExactly(1011);
    }

    @Test
    void waitsForABackendThatTakesTheAudioSlowly() {
        open();
        for (int i = 0; i < 20; i++) {
            append(320);
        }
        for (int i = 0; i < 15; i++) {
            pass(SETTINGS.backendTimeout().dividedBy(8));
            append(320);
            audio.subscription.request(1);
        }
        assertThat(closes).isEmpty();
    }

    @Test
    void waitsForABackendThatWaitsForAudio() {
        open();
        append(3_200);
        audio.subscription.request(9);
        pass(SETTINGS.idleTimeout().minusSeconds(1));
        assertThat(closes).isEmpty();
    }

    @Test
    void doesNotBlameTheBackendForAClientThatReadsNothing() {
        open();
        append(MAX_QUEUED);
        append(3_200);
        network.holding = true;
        for (int i = 0; i < SETTINGS.eventsInFlight(); i++) {
            says(partial("word " + i));
        }
        assertThat(backend.pending()).isZero();
        for (int i = 0; i < 10 && !backend.cancelled; i++) {
            pass(SETTINGS.idleTimeout().dividedBy(8));
        }
        network.release(network.size());
        settle();
        assertThat(closes).containsExactly(1007);
    }

    @Test
    void readsNoMoreRequestsWhileItsAnswersAreNotRead() {
        open();
        stall(true);
        assertThat(channel.config().isAutoRead()).isFalse();
        stall(false);
        assertThat(channel.config().isAutoRead()).isTrue();
    }

    @Test
    void readsOnOnlyWhenBothAnswersAndAudioHaveRoom() {
        open();
        append(MAX_QUEUED);
        append(3_200);
        stall(true);
        stall(false);
        assertThat(channel.config().isAutoRead()).isFalse();
        stall(true);
        audio.subscription.request(2);
        assertThat(channel.config().isAutoRead()).isFalse();
        stall(false);
        assertThat(channel.config().isAutoRead()).isTrue();
    }
}
