package io.qwenasr.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.util.ReferenceCountUtil;
import io.qwenasr.AudioSignal;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.SessionTimeoutException;
import io.qwenasr.SessionTimeoutException.Awaited;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.codec.ClientEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** What a client session does when nothing happens for too long. */
class ClientTimerTests {

    private static final SessionOptions VAD = SessionOptions.defaults();
    private static final SessionOptions MANUAL =
            SessionOptions.builder().manual().build();
    private static final ClientSessionSettings SETTINGS = ClientSessionSettings.DEFAULTS;
    private static final ClientSessionSettings NO_PINGS = SETTINGS.withKeepAliveInterval(Duration.ZERO);

    private final List<ClientHarness> harnesses = new ArrayList<>();

    @AfterEach
    void close() {
        harnesses.forEach(ClientHarness::close);
    }

    private ClientHarness ready(SessionOptions options, ClientSessionSettings settings) {
        ClientHarness it = new ClientHarness(options, settings, Long.MAX_VALUE);
        harnesses.add(it);
        it.connect();
        it.server(ClientHarness.CREATED, ClientHarness.UPDATED);
        return it;
    }

    private static void advance(ClientHarness it, Duration time) {
        it.channel.advanceTimeBy(time.toMillis(), TimeUnit.MILLISECONDS);
        it.channel.runScheduledPendingTasks();
        it.settle();
    }

    private static void advance(ClientHarness it, long seconds) {
        for (long i = 0; i < seconds; i++) {
            advance(it, Duration.ofSeconds(1));
        }
    }

    private static String text(String item) {
        return "{\"type\":\"conversation.item.input_audio_transcription.text\",\"item_id\":\"" + item
                + "\",\"text\":\"a\",\"stash\":\"b\"}";
    }

    private static String stopped(String item) {
        return "{\"type\":\"input_audio_buffer.speech_stopped\",\"audio_end_ms\":900,\"item_id\":\"" + item + "\"}";
    }

    private static String completed(String item) {
        return "{\"type\":\"conversation.item.input_audio_transcription.completed\",\"item_id\":\"" + item
                + "\",\"transcript\":\"x\"}";
    }

    // ---- keep-alive

    @Test
    void pingsAPeerThatIsSilentAndEndsWithOneThatIsDead() {
        ClientHarness it = ready(VAD, SETTINGS);
        advance(it, 20);
        assertThat(it.pings).isOne();
        assertThat(it.events.isEnded()).isFalse();
        advance(it, 10);
        SessionTimeoutException failure = it.failure(SessionTimeoutException.class);
        assertThat(failure).hasMessageContaining("sign of life").hasMessageContaining("10000 ms");
        assertThat(failure.awaited()).isEqualTo(Awaited.SIGN_OF_LIFE);
        assertThat(failure.phase()).isEqualTo(SessionPhase.STREAMING);
        assertThat(failure.isRetryable()).isTrue();
        assertThat(it.audio.cancelled).isTrue();
    }

    @Test
    void livesOnWithAPeerThatAnswersPings() {
        ClientHarness it = ready(VAD, SETTINGS);
        for (int i = 0; i < 200; i++) {
            advance(it, 5);
            while (it.pings > 0) {
                it.pings--;
                it.channel.writeInbound(new PongWebSocketFrame());
            }
        }
        assertThat(it.events.isEnded()).isFalse();
    }

    @Test
    void takesWhateverArrivesForASignOfLife() {
        ClientHarness it = ready(VAD, SETTINGS);
        for (int i = 0; i < 20; i++) {
            advance(it, 9);
            it.channel.writeInbound(i % 2 == 0 ? new PingWebSocketFrame() : new PongWebSocketFrame());
        }
        assertThat(it.events.isEnded()).isFalse();
    }

    @Test
    void waitsForAnAnswerOnlyOnceThePingHasLeft() {
        ClientHarness it = ready(VAD, SETTINGS);
        it.network.holding = true;
        advance(it, 120);
        assertThat(it.network.size()).isOne();
        assertThat(it.events.isEnded()).isFalse();
        it.network.holding = false;
        it.network.release(1);
        advance(it, 9);
        assertThat(it.pings).isOne();
        assertThat(it.events.isEnded()).isFalse();
        advance(it, 1);
        assertThat(it.failure(SessionTimeoutException.class)).hasMessageContaining("sign of life");
    }

    @Test
    void aPongIsLifeAlsoWhileThePingHasNotLeft() {
        ClientHarness it = ready(VAD, SETTINGS);
        it.network.holding = true;
        advance(it, 20);
        it.channel.writeInbound(new PongWebSocketFrame());
        it.network.holding = false;
        it.network.release(1);
        advance(it, 19);
        assertThat(it.events.isEnded()).isFalse();
        advance(it, 11);
        assertThat(it.failure(SessionTimeoutException.class)).hasMessageContaining("sign of life");
    }

    @Test
    void sendsNoPingsIfToldSo() {
        ClientHarness it = ready(VAD, NO_PINGS);
        advance(it, 100);
        assertThat(it.pings).isZero();
        assertThat(it.events.isEnded()).isFalse();
    }

    // ---- results that do not come

    @Test
    void failsWhenTheResultOfAnUtteranceDoesNotCome() {
        ClientHarness it = ready(VAD, NO_PINGS);
        it.server(text("a"), stopped("a"));
        advance(it, 59);
        assertThat(it.events.isEnded()).isFalse();
        advance(it, 61);
        SessionTimeoutException failure = it.failure(SessionTimeoutException.class);
        assertThat(failure).hasMessageContaining("while a result is due");
        assertThat(failure.awaited()).isEqualTo(Awaited.RESULT);
    }

    @Test
    void failsWhenACommitIsNotAnswered() {
        ClientHarness it = ready(MANUAL, NO_PINGS);
        it.chunk(3_200);
        it.audio.next(AudioSignal.commit());
        it.settle();
        advance(it, 120);
        assertThat(it.failure(SessionTimeoutException.class)).hasMessageContaining("while a result is due");
    }

    @Test
    void waitsWhileEventsCome() {
        ClientHarness it = ready(VAD, NO_PINGS);
        it.server(stopped("a"));
        for (int i = 0; i < 20; i++) {
            advance(it, 50);
            it.server(text("a"));
        }
        it.server(completed("a"));
        advance(it, 1_000);
        assertThat(it.events.isEnded()).isFalse();
        it.server(stopped("b"));
        advance(it, 120);
        it.failure(SessionTimeoutException.class);
    }

    @Test
    void waitsWhilePartialsComeThatNobodyWants() {
        ClientHarness it = ready(SessionOptions.builder().partials(false).build(), NO_PINGS);
        it.server(stopped("a"));
        for (int i = 0; i < 20; i++) {
            advance(it, 50);
            it.server(text("a"));
        }
        assertThat(it.events.isEnded()).isFalse();
        it.audio.complete();
        for (int i = 0; i < 20; i++) {
            advance(it, 25);
            it.server(text("a"));
        }
        assertThat(it.events.isEnded()).isFalse();
        advance(it, 30);
        assertThat(it.failure(SessionTimeoutException.class).awaited()).isEqualTo(Awaited.FINISH);
    }

    @Test
    void waitsForSpeechWithoutLimit() {
        ClientHarness it = ready(VAD, NO_PINGS);
        it.server(text("a"));
        advance(it, 10_000);
        assertThat(it.events.isEnded()).isFalse();
    }

    // ---- silence for pauses

    @Test
    void sendsSilenceWhileTheSourcePauses() {
        ClientHarness it = ready(VAD, NO_PINGS.withSilenceInterval(Duration.ofSeconds(5)));
        advance(it, 11);
        assertThat(it.sent(ClientEvent.Append.class)).hasSize(2).allSatisfy(append -> {
            assertThat(append.audio()).isEqualTo(ByteBuffer.allocate(3_200));
        });
    }

    @Test
    void sendsNoSilenceWhileAudioFlowsOrTheSubscriberIsSlow() {
        ClientHarness it = ready(VAD, NO_PINGS.withSilenceInterval(Duration.ofSeconds(2)));
        for (int i = 0; i < 10; i++) {
            it.chunk(3_200);
            advance(it, 1);
        }
        assertThat(it.sent(ClientEvent.Append.class)).hasSize(10);
        ClientHarness slow = new ClientHarness(VAD, NO_PINGS.withSilenceInterval(Duration.ofSeconds(2)), 0);
        harnesses.add(slow);
        slow.connect();
        slow.server(ClientHarness.CREATED, ClientHarness.UPDATED);
        advance(slow, 10);
        assertThat(slow.sent(ClientEvent.Append.class)).isEmpty();
    }

    @Test
    void sendsNoSilenceInManualModeNorAfterTheEnd() {
        ClientHarness manual = ready(MANUAL, NO_PINGS.withSilenceInterval(Duration.ofSeconds(2)));
        advance(manual, 10);
        assertThat(manual.sent(ClientEvent.Append.class)).isEmpty();
        ClientHarness ended = ready(VAD, NO_PINGS.withSilenceInterval(Duration.ofSeconds(2)));
        ended.audio.complete();
        advance(ended, 10);
        assertThat(ended.sent(ClientEvent.Append.class)).isEmpty();
    }

    @Test
    void leavesNoTimerBehindWhenTheSubscriberCancelsAtOnce() {
        ClientSession session = new ClientSession(
                VAD, SETTINGS.withSilenceInterval(Duration.ofMillis(100)).withCloseTimeout(Duration.ofHours(1)));
        session.events().subscribe(new Subscriber<>() {
            private Subscription subscription;

            @Override
            public void onSubscribe(Subscription s) {
                subscription = s;
                s.request(1);
            }

            @Override
            public void onNext(TranscriptionEvent event) {
                subscription.cancel();
            }

            @Override
            public void onError(Throwable error) {}

            @Override
            public void onComplete() {}
        });
        EmbeddedChannel channel = new EmbeddedChannel(new WebSocket13FrameEncoder(true), session.handler());
        channel.freezeTime();
        channel.writeInbound(new TextWebSocketFrame(ClientHarness.UPDATED));
        assertThat(Duration.ofNanos(channel.runScheduledPendingTasks()))
                .as("the next timer, which is that of the close")
                .isGreaterThan(Duration.ofMinutes(30));
        channel.finishAndReleaseAll();
    }

    @Test
    void leavesNoTimerBehindWhenTheLastAudioCannotBeWritten() {
        ClientHarness it = ready(MANUAL, NO_PINGS);
        it.chunk(100);
        it.channel.pipeline().addFirst(new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
                ReferenceCountUtil.release(msg);
                promise.setFailure(new IOException("broken pipe"));
            }
        });
        it.audio.complete();
        assertThat(it.failure(ConnectionClosedException.class)).hasRootCauseMessage("broken pipe");
        it.channel.runPendingTasks();
        assertThat(it.channel.runScheduledPendingTasks()).as("the next timer").isEqualTo(-1);
    }

    @Test
    void doesNotCountItsSilence() {
        ClientHarness it = ready(VAD, NO_PINGS.withSilenceInterval(Duration.ofMillis(100)));
        it.chunk(32_000);
        // One interval saw the audio, ten did not.
        for (int i = 0; i < 11; i++) {
            advance(it, Duration.ofMillis(100));
        }
        it.chunk(32_000);
        it.server("{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":2500,\"item_id\":\"a\"}");
        assertThat(it.received(TranscriptionEvent.SpeechStarted.class).get(0).start())
                .isEqualTo(Duration.ofMillis(1_500));
    }
}
