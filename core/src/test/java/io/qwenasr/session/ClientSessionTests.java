package io.qwenasr.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.qwenasr.AudioSignal;
import io.qwenasr.ConnectException;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.EventOverflowException;
import io.qwenasr.IncompleteTranscriptException;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.ProtocolException;
import io.qwenasr.ServerErrorException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.SessionTimeoutException;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.codec.ClientEvent;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ClientSessionTests {

    private static final SessionOptions VAD = SessionOptions.defaults();
    private static final SessionOptions MANUAL =
            SessionOptions.builder().manual().build();
    private static final String FINISHED = "{\"type\":\"session.finished\"}";
    private static final int CHUNK = 3_200;
    /** 65,536 bytes of window and 4,358 bytes of append. */
    private static final int WINDOW_CHUNKS = 15;

    private final List<ClientHarness> harnesses = new ArrayList<>();

    @AfterEach
    void close() {
        harnesses.forEach(ClientHarness::close);
    }

    private ClientHarness harness(SessionOptions options, ClientSessionSettings settings, long demand) {
        ClientHarness harness = new ClientHarness(options, settings, demand);
        harnesses.add(harness);
        return harness;
    }

    private ClientHarness connected(SessionOptions options) {
        ClientHarness harness = harness(options, ClientSessionSettings.DEFAULTS, Long.MAX_VALUE);
        harness.connect();
        return harness;
    }

    private ClientHarness ready(SessionOptions options) {
        ClientHarness harness = connected(options);
        harness.server(ClientHarness.CREATED, ClientHarness.UPDATED);
        return harness;
    }

    private static String started(String item, int ms) {
        return "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":" + ms + ",\"item_id\":\"" + item
                + "\"}";
    }

    private static String stopped(String item, int ms) {
        return "{\"type\":\"input_audio_buffer.speech_stopped\",\"audio_end_ms\":" + ms + ",\"item_id\":\"" + item
                + "\"}";
    }

    private static String committed(String item) {
        return "{\"type\":\"input_audio_buffer.committed\",\"previous_item_id\":\"\",\"item_id\":\"" + item + "\"}";
    }

    private static String created(String item) {
        return "{\"type\":\"conversation.item.created\",\"previous_item_id\":\"\",\"item\":{\"id\":\"" + item + "\"}}";
    }

    private static String text(String item, String text, String stash) {
        return "{\"type\":\"conversation.item.input_audio_transcription.text\",\"item_id\":\"" + item + "\",\"text\":\""
                + text + "\",\"stash\":\"" + stash + "\"}";
    }

    private static String completed(String item, String transcript) {
        return "{\"type\":\"conversation.item.input_audio_transcription.completed\",\"item_id\":\"" + item
                + "\",\"transcript\":\"" + transcript + "\"}";
    }

    private static String error(String code, String eventId) {
        return "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"code\":\"" + code
                + "\",\"event_id\":\"" + eventId + "\"}}";
    }

    // ---- configuration

    @Test
    void configuresFirstAndAsksForAudioOnlyOnceAccepted() {
        ClientHarness it = connected(VAD);
        assertThat(it.sent).singleElement().isInstanceOf(ClientEvent.SessionUpdate.class);
        it.server(ClientHarness.CREATED);
        assertThat(it.audio.requested).isZero();
        it.server(ClientHarness.UPDATED);
        assertThat(it.events.elements).containsExactly(new TranscriptionEvent.SessionReady("sess_1", "m"));
        assertThat(it.audio.requested).isOne();
    }

    @Test
    void failsWhenTheConfigurationIsRefused() {
        ClientHarness it = connected(VAD);
        it.server(ClientHarness.CREATED, error("invalid_value", "event_c1"));
        ServerErrorException failure = it.failure(ServerErrorException.class);
        assertThat(failure.error().code()).isEqualTo("invalid_value");
        assertThat(failure.phase()).isEqualTo(SessionPhase.CONFIGURING);
        assertThat(failure.sessionId()).isEqualTo("sess_1");
        assertThat(it.audio.cancelled).isTrue();
        assertThat(it.closes).containsExactly(1000);
    }

    @Test
    void failsWhenTheConfigurationIsNotAnswered() {
        ClientHarness it = connected(VAD);
        it.channel.advanceTimeBy(9_999, TimeUnit.MILLISECONDS);
        it.settle();
        assertThat(it.events.isEnded()).isFalse();
        it.channel.advanceTimeBy(1, TimeUnit.MILLISECONDS);
        it.channel.runScheduledPendingTasks();
        it.settle();
        SessionTimeoutException failure = it.failure(SessionTimeoutException.class);
        assertThat(failure.timeout()).isEqualTo(Duration.ofSeconds(10));
        assertThat(failure.awaited()).isEqualTo(SessionTimeoutException.Awaited.CONFIGURATION);
    }

    // ---- demand

    @Test
    void requestsNoMoreThanTheWindow() {
        ClientHarness it = ready(VAD);
        it.network.holding = true;
        it.chunk(CHUNK);
        while (it.audio.pending() > 0) {
            it.chunk(CHUNK);
        }
        assertThat(it.audio.requested).isEqualTo(WINDOW_CHUNKS);
        assertThat(it.network.size()).isEqualTo(WINDOW_CHUNKS);
        it.network.release(WINDOW_CHUNKS / 2 - 1);
        it.settle();
        assertThat(it.audio.pending()).isGreaterThan(0);
        assertThat(it.audio.pending() + it.network.size()).isLessThanOrEqualTo(WINDOW_CHUNKS);
        it.network.release(it.network.size());
        it.settle();
        assertThat(it.audio.pending()).isLessThanOrEqualTo(WINDOW_CHUNKS).isGreaterThanOrEqualTo(WINDOW_CHUNKS / 2);
    }

    @Test
    void limitsAudioTimeAsWellAsBytes() {
        ClientSessionSettings settings =
                ClientSessionSettings.DEFAULTS.withWindowBytes(1 << 20).withWindowAudio(Duration.ofMillis(500));
        ClientHarness it = harness(VAD, settings, Long.MAX_VALUE);
        it.connect();
        it.server(ClientHarness.CREATED, ClientHarness.UPDATED);
        it.network.holding = true;
        while (it.audio.pending() > 0) {
            it.chunk(CHUNK);
        }
        assertThat(it.audio.requested).isEqualTo(5);
    }

    @Test
    void takesAChunkLargerThanTheWindowAlone() {
        ClientHarness it = ready(VAD);
        it.network.holding = true;
        it.chunk(400_000);
        assertThat(it.network.size()).isEqualTo(3);
        assertThat(it.audio.pending()).isZero();
        it.network.release(3);
        it.settle();
        assertThat(it.audio.pending()).isOne();
    }

    @Test
    void asksForNothingWhileTheChannelIsNotWritable() {
        ClientHarness it = connected(VAD);
        it.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, false);
        it.server(ClientHarness.CREATED, ClientHarness.UPDATED);
        assertThat(it.audio.requested).isZero();
        it.channel.unsafe().outboundBuffer().setUserDefinedWritability(1, true);
        it.settle();
        assertThat(it.audio.requested).isOne();
    }

    @Test
    void asksForNothingUntilTheSubscriberAsksForEvents() {
        ClientHarness it = harness(VAD, ClientSessionSettings.DEFAULTS, 0);
        it.connect();
        it.server(ClientHarness.CREATED, ClientHarness.UPDATED);
        assertThat(it.audio.requested).isZero();
        assertThat(it.events.elements).isEmpty();
        it.events.subscription.request(1);
        assertThat(it.events.elements).hasSize(1);
        assertThat(it.audio.requested).isOne();
    }

    @Test
    void asksForNothingWhileTooManyEventsWait() {
        ClientHarness it = harness(VAD, ClientSessionSettings.DEFAULTS, 1);
        it.connect();
        it.server(ClientHarness.CREATED, ClientHarness.UPDATED);
        for (int i = 0; i < 16; i++) {
            it.server(text("a", "", "word " + i));
        }
        it.chunk(CHUNK);
        assertThat(it.audio.requested).isOne();
        it.events.subscription.request(1);
        assertThat(it.audio.pending()).isGreaterThan(0);
        it.events.subscription.request(100);
        assertThat(it.received(TranscriptionEvent.Partial.class))
                .extracting(TranscriptionEvent.Partial::stash)
                .containsExactlyElementsOf(java.util.stream.IntStream.range(0, 16)
                        .mapToObj(i -> "word " + i)
                        .toList());
    }

    @Test
    void failsRatherThanDropAnEvent() {
        ClientHarness it = harness(VAD, ClientSessionSettings.DEFAULTS, 1);
        it.connect();
        it.server(ClientHarness.CREATED, ClientHarness.UPDATED);
        for (int i = 0; i <= 4_096; i++) {
            it.server(text("a", "", "word"));
        }
        assertThat(it.closes).containsExactly(1000);
        assertThat(it.audio.cancelled).isTrue();
        it.events.subscription.request(Long.MAX_VALUE);
        assertThat(it.received(TranscriptionEvent.Partial.class)).hasSize(4_097);
        it.failure(EventOverflowException.class);
    }

    @Test
    void refusesAudioThatWasNotRequested() {
        ClientHarness it = ready(VAD);
        it.network.holding = true;
        while (it.audio.pending() > 0) {
            it.chunk(CHUNK);
        }
        it.chunk(CHUNK);
        assertThat(it.failure(InvalidSignalException.class)).hasMessageContaining("not been requested");
        it.network.release(it.network.size());
        it.settle();
    }

    @Test
    void leavesTheCallersBufferAsItWas() {
        ClientHarness it = ready(VAD);
        for (int length : new int[] {4, 1_000}) {
            ByteBuffer buffer = ByteBuffer.allocateDirect(2_000);
            buffer.putInt(4, 0x01020304).position(4).limit(4 + length);
            it.audio.next(AudioSignal.chunk(buffer));
            assertThat(buffer.position()).isEqualTo(4);
            assertThat(buffer.limit()).isEqualTo(4 + length);
            buffer.putInt(4, 0);
            it.settle();
        }
        assertThat(it.sent(ClientEvent.Append.class))
                .hasSize(2)
                .allSatisfy(append -> assertThat(append.audio().getInt(0)).isEqualTo(0x01020304));
    }

    @Test
    void sendsAnIdWithEachEvent() {
        ClientHarness it = ready(MANUAL);
        it.chunk(CHUNK);
        it.chunk(CHUNK);
        it.audio.complete();
        it.settle();
        assertThat(it.sent)
                .extracting(ClientEvent::eventId)
                .doesNotContainNull()
                .doesNotHaveDuplicates();
    }

    // ---- results

    @Test
    void keepsOverlappingItemsApart() {
        ClientHarness it = ready(VAD);
        it.server(
                started("a", 100),
                stopped("a", 900),
                committed("a"),
                created("a"),
                started("b", 1_000),
                text("b", "", "two"),
                completed("a", "One."),
                stopped("b", 2_000),
                created("b"),
                completed("b", "Two."));
        assertThat(it.received(TranscriptionEvent.Final.class))
                .containsExactly(
                        new TranscriptionEvent.Final(
                                "a", "One.", null, null, Duration.ofMillis(100), Duration.ofMillis(900)),
                        new TranscriptionEvent.Final(
                                "b", "Two.", null, null, Duration.ofSeconds(1), Duration.ofSeconds(2)));
        assertThat(it.received(TranscriptionEvent.Committed.class)).hasSize(2);
    }

    @Test
    void ignoresWhatComesAfterTheEndOfAnItem() {
        ClientHarness it = ready(VAD);
        it.server(started("a", 0), completed("a", "One."), text("a", "late", ""), completed("a", "Again."));
        assertThat(it.received(TranscriptionEvent.Partial.class)).isEmpty();
        assertThat(it.received(TranscriptionEvent.Final.class)).hasSize(1);
        it.audio.complete();
        it.server(FINISHED);
        assertThat(it.events.completions).isOne();
    }

    @Test
    void tellsNoSpeechOfAnItemThatHasEnded() {
        ClientHarness it = ready(VAD);
        it.server(started("a", 0), stopped("a", 100), completed("a", "One."), started("a", 0), stopped("a", 100));
        assertThat(it.received(TranscriptionEvent.SpeechStarted.class)).hasSize(1);
        assertThat(it.received(TranscriptionEvent.SpeechStopped.class)).hasSize(1);
        it.server("{\"type\":\"input_audio_buffer.speech_stopped\",\"audio_end_ms\":100}");
        assertThat(it.received(TranscriptionEvent.SpeechStopped.class)).hasSize(2);
    }

    @Test
    void givesFinalsOfManualCommitsTheirPlaceInTheAudio() {
        ClientHarness it = ready(MANUAL);
        it.chunk(CHUNK);
        it.audio.next(AudioSignal.commit());
        it.chunk(2 * CHUNK);
        it.audio.next(AudioSignal.commit());
        it.settle();
        it.server(created("a"), committed("a"), completed("a", "One."), committed("b"), completed("b", "Two."));
        assertThat(it.received(TranscriptionEvent.Final.class))
                .extracting(TranscriptionEvent.Final::start, TranscriptionEvent.Final::end)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(Duration.ZERO, Duration.ofMillis(100)),
                        org.assertj.core.groups.Tuple.tuple(Duration.ofMillis(100), Duration.ofMillis(300)));
    }

    @Test
    void doesNotTakeAnItemMadeAtItsFirstAppendAsCommitted() {
        ClientHarness it = ready(MANUAL);
        it.chunk(CHUNK);
        it.server(created("a"));
        assertThat(it.received(TranscriptionEvent.Committed.class)).isEmpty();
        it.audio.next(AudioSignal.commit());
        it.settle();
        it.server(committed("a"), created("a"));
        assertThat(it.received(TranscriptionEvent.Committed.class)).hasSize(1);
    }

    @Test
    void neverSendsAnEmptyCommit() {
        ClientHarness it = ready(MANUAL);
        it.audio.next(AudioSignal.commit());
        it.chunk(CHUNK);
        it.audio.next(AudioSignal.commit());
        it.audio.next(AudioSignal.commit());
        it.chunk(1);
        it.audio.complete();
        it.settle();
        assertThat(it.sent(ClientEvent.Commit.class)).hasSize(1);
        assertThat(it.sent(ClientEvent.Finish.class)).hasSize(1);
    }

    @Test
    void forgetsAudioThatWasCleared() {
        ClientHarness it = ready(MANUAL);
        it.chunk(CHUNK);
        it.audio.next(AudioSignal.clear());
        it.chunk(CHUNK);
        it.audio.complete();
        it.settle();
        assertThat(it.sent(ClientEvent.Clear.class)).hasSize(1);
        it.server("{\"type\":\"input_audio_buffer.cleared\"}", committed("a"), completed("a", "One."), FINISHED);
        assertThat(it.received(TranscriptionEvent.Cleared.class)).hasSize(1);
        assertThat(it.received(TranscriptionEvent.Final.class))
                .singleElement()
                .satisfies(f -> assertThat(f.start()).isEqualTo(Duration.ofMillis(100)));
        assertThat(it.events.completions).isOne();
    }

    @Test
    void looksNoFurtherThanTheTypeOfPartialsThatNobodyWants() {
        ClientHarness it = ready(SessionOptions.builder().partials(false).build());
        String unusual = "{\"item_id\":\"a\",\"text\":\"o\",\"stash\":\"n\","
                + "\"type\":\"conversation.item.input_audio_transcription.text\"}";
        it.server(
                started("a", 0),
                text("a", "", "one"),
                unusual,
                "{\"type\":\"conversation.item.input_audio_transcription.text\",nonsense",
                stopped("a", 100),
                committed("a"),
                completed("a", "One."));
        it.audio.complete();
        it.settle();
        it.server(FINISHED);
        assertThat(it.events.elements)
                .containsExactly(
                        new TranscriptionEvent.SessionReady("sess_1", "m"),
                        new TranscriptionEvent.SpeechStarted("a", Duration.ZERO),
                        new TranscriptionEvent.SpeechStopped("a", Duration.ofMillis(100)),
                        new TranscriptionEvent.Committed("a", null),
                        new TranscriptionEvent.Final("a", "One.", null, null, Duration.ZERO, Duration.ofMillis(100)));
        assertThat(it.events.completions).isOne();
    }

    @Test
    void passesUnknownEventsOn() {
        ClientHarness it = ready(VAD);
        it.server("{\"type\":\"session.mood\",\"mood\":\"good\"}");
        assertThat(it.received(TranscriptionEvent.Unknown.class))
                .containsExactly(new TranscriptionEvent.Unknown(
                        "session.mood", "{\"type\":\"session.mood\",\"mood\":\"good\"}"));
    }

    @Test
    void ignoresBinaryFrames() {
        ClientHarness it = ready(VAD);
        it.channel.writeInbound(new BinaryWebSocketFrame(Unpooled.buffer().writeInt(1)));
        assertThat(it.events.isEnded()).isFalse();
    }

    // ---- finish

    @Test
    void completesOnceEverythingIsFinished() {
        ClientHarness it = ready(VAD);
        it.chunk(CHUNK);
        it.server(started("a", 0));
        it.audio.complete();
        it.settle();
        assertThat(it.sent.get(it.sent.size() - 1)).isInstanceOf(ClientEvent.Finish.class);
        it.server(stopped("a", 100), completed("a", "One."), FINISHED);
        assertThat(it.events.completions).isOne();
        assertThat(it.closes).containsExactly(1000);
        it.channel.writeInbound(new CloseWebSocketFrame(1000, ""));
        assertThat(it.channel.isOpen()).isFalse();
    }

    @Test
    void finishesAtOnceWhenTheAudioEndedBeforeTheSessionWasReady() {
        ClientHarness it = connected(VAD);
        it.audio.complete();
        it.settle();
        assertThat(it.sent(ClientEvent.Finish.class)).isEmpty();
        it.server(ClientHarness.CREATED, ClientHarness.UPDATED);
        assertThat(it.sent(ClientEvent.Finish.class)).hasSize(1);
        it.server(FINISHED);
        assertThat(it.events.completions).isOne();
    }

    @Test
    void failsWhenAResultIsMissing() {
        ClientHarness it = ready(MANUAL);
        it.chunk(CHUNK);
        it.audio.next(AudioSignal.commit());
        it.chunk(CHUNK);
        it.audio.complete();
        it.settle();
        it.server(committed("a"), text("a", "", "on"), FINISHED);
        IncompleteTranscriptException failure = it.failure(IncompleteTranscriptException.class);
        assertThat(failure.openItems()).containsExactly("a");
        assertThat(failure.unansweredCommits()).isOne();
        assertThat(failure.isRetryable()).isTrue();
    }

    @Test
    void failsWhenTheServiceGoesSilentBeforeTheEnd() {
        ClientHarness it = ready(VAD);
        it.audio.complete();
        it.settle();
        it.channel.advanceTimeBy(29, TimeUnit.SECONDS);
        it.server(text("a", "", "still at it"));
        it.channel.advanceTimeBy(29, TimeUnit.SECONDS);
        it.channel.runScheduledPendingTasks();
        assertThat(it.events.isEnded()).isFalse();
        it.channel.advanceTimeBy(1, TimeUnit.SECONDS);
        it.channel.runScheduledPendingTasks();
        SessionTimeoutException failure = it.failure(SessionTimeoutException.class);
        assertThat(failure.phase()).isEqualTo(SessionPhase.FINISHING);
        assertThat(failure.awaited()).isEqualTo(SessionTimeoutException.Awaited.FINISH);
    }

    @Test
    void failsWhenTheServiceFinishesUnasked() {
        ClientHarness it = ready(VAD);
        it.server(FINISHED);
        assertThat(it.failure(ConnectionClosedException.class)).hasMessageContaining("before the audio was complete");
    }

    // ---- failure

    @Test
    void tellsCodeReasonAndPhaseOfAClose() {
        ClientHarness it = ready(VAD);
        it.channel.writeInbound(new CloseWebSocketFrame(1007, "no user input"));
        it.settle();
        ConnectionClosedException failure = it.failure(ConnectionClosedException.class);
        assertThat(failure.code()).isEqualTo(1007);
        assertThat(failure.reason()).isEqualTo("no user input");
        assertThat(failure.phase()).isEqualTo(SessionPhase.STREAMING);
        assertThat(it.closes).containsExactly(1007);
        assertThat(it.channel.isOpen()).isFalse();
        assertThat(it.audio.cancelled).isTrue();
    }

    @Test
    void answersACloseWithoutACodeWithANormalOne() {
        ClientHarness it = ready(VAD);
        it.channel.writeInbound(new CloseWebSocketFrame());
        it.settle();
        assertThat(it.failure(ConnectionClosedException.class).code()).isEqualTo(1005);
        assertThat(it.closes).containsExactly(1000);
    }

    @Test
    void tellsOfAConnectionThatJustEnds() {
        ClientHarness it = ready(VAD);
        it.server(text("a", "so", " far"));
        it.channel.close();
        assertThat(it.failure(ConnectionClosedException.class).code()).isEqualTo(1006);
        assertThat(it.received(TranscriptionEvent.Partial.class)).hasSize(1);
    }

    @Test
    void deliversWhatCameBeforeAFailureFirst() {
        ClientHarness it = harness(VAD, ClientSessionSettings.DEFAULTS, 1);
        it.connect();
        it.server(ClientHarness.CREATED, ClientHarness.UPDATED, started("a", 0), completed("a", "One."));
        it.channel.pipeline().fireExceptionCaught(new IOException("Connection reset by peer"));
        assertThat(it.events.isEnded()).isFalse();
        it.events.subscription.request(2);
        assertThat(it.received(TranscriptionEvent.Final.class)).hasSize(1);
        assertThat(it.failure(ConnectionClosedException.class)).hasRootCauseMessage("Connection reset by peer");
    }

    @ParameterizedTest
    @MethodSource("lostConnections")
    void takesAFailureOfTlsForALostConnection(Throwable cause) {
        ClientHarness it = ready(VAD);
        it.channel.pipeline().fireExceptionCaught(cause);
        ConnectionClosedException failure = it.failure(ConnectionClosedException.class);
        assertThat(failure.isRetryable()).isTrue();
        assertThat(failure).hasCauseInstanceOf(SSLException.class);
        assertThat(it.channel.isOpen()).isFalse();
    }

    static List<Throwable> lostConnections() {
        SSLException alert = new SSLException("Received fatal alert: bad_record_mac");
        return List.of(alert, new DecoderException(alert), new DecoderException(new DecoderException(alert)));
    }

    @Test
    void closesTheConnectionAlsoWhenTheSubscriberThrowsAtTheEnd() {
        for (String last : new String[] {FINISHED, "no event"}) {
            ClientHarness it = ready(VAD);
            it.events.atTheEnd = () -> {
                throw new IllegalStateException("thrown by the subscriber");
            };
            it.audio.complete();
            it.settle();
            it.server(last);
            assertThat(it.events.isEnded()).isTrue();
            assertThat(it.closes).hasSize(1);
        }
    }

    @Test
    void failsWhenAudioCouldNotBeWritten() {
        ClientHarness it = ready(VAD);
        it.network.holding = true;
        it.chunk(CHUNK);
        it.network.fail(new IllegalStateException("encoder broke"));
        assertThat(it.failure(ConnectionClosedException.class)).hasRootCauseMessage("encoder broke");
        assertThat(it.channel.isOpen()).isFalse();
    }

    @Test
    void failsOnSomethingThatIsNoEvent() {
        for (String garbage : new String[] {"", "nonsense", "[]", "{\"no\":\"type\"}", "{\"type\":1}"}) {
            ClientHarness it = ready(VAD);
            it.server(garbage);
            it.failure(ProtocolException.class);
            assertThat(it.closes).containsExactly(1002);
        }
    }

    @Test
    void failsOnAFatalErrorAndReportsAnother() {
        ClientHarness it = ready(VAD);
        it.server(error("invalid_value", "event_a7"));
        assertThat(it.received(TranscriptionEvent.ErrorReported.class)).hasSize(1);
        it.server(
                "{\"type\":\"error\",\"error\":{\"code\":\"InternalError\",\"message\":\"Internal service error: null\"}}");
        assertThat(it.failure(ServerErrorException.class).isRetryable()).isTrue();
    }

    @Test
    void passesAnErrorOfTheAudioOnAsItIs() {
        ClientHarness it = ready(VAD);
        IllegalStateException unplugged = new IllegalStateException("unplugged");
        it.audio.error(unplugged);
        it.settle();
        assertThat(it.failure(IllegalStateException.class)).isSameAs(unplugged);
        assertThat(it.closes).containsExactly(1000);
    }

    @Test
    void refusesACommitWhileTheServerDetectsTurns() {
        ClientHarness it = ready(VAD);
        it.audio.next(AudioSignal.commit());
        it.settle();
        assertThat(it.failure(InvalidSignalException.class)).hasMessageContaining("manual");
        assertThat(it.sent(ClientEvent.Commit.class)).isEmpty();
    }

    @Test
    void endsASubscriberThatAsksForNothing() {
        ClientHarness it = ready(VAD);
        it.events.subscription.request(0);
        assertThat(it.failure(IllegalArgumentException.class)).hasMessageContaining("3.9");
        it.settle();
        assertThat(it.closes).containsExactly(1000);
    }

    @Test
    void refusesASecondSubscriber() {
        ClientHarness it = ready(VAD);
        Recorder<TranscriptionEvent> second = new Recorder<>(1);
        it.session.events().subscribe(second);
        assertThat(second.errors).singleElement().isInstanceOf(IllegalStateException.class);
        assertThat(it.events.isEnded()).isFalse();
    }

    // ---- control frames and the end of the connection

    @Test
    void answersPingsWithTheirContentAtNoDemand() {
        ClientHarness it = harness(VAD, ClientSessionSettings.DEFAULTS, 0);
        it.connect();
        it.channel.writeInbound(new PingWebSocketFrame(Unpooled.copiedBuffer("are you there", StandardCharsets.UTF_8)));
        it.settle();
        PongWebSocketFrame pong = (PongWebSocketFrame) it.others.remove(0);
        assertThat(pong.content().toString(StandardCharsets.UTF_8)).isEqualTo("are you there");
        pong.release();
    }

    @Test
    void cancelsAtOnceWithOneClose() {
        ClientHarness it = ready(VAD);
        it.chunk(CHUNK);
        it.events.subscription.cancel();
        it.events.subscription.cancel();
        it.settle();
        assertThat(it.audio.cancelled).isTrue();
        assertThat(it.closes).containsExactly(1000);
        it.server(started("a", 0));
        assertThat(it.events.isEnded()).isFalse();
        assertThat(it.events.elements).hasSize(1);
        assertThat(it.channel.isOpen()).isTrue();
        it.channel.writeInbound(new CloseWebSocketFrame(1000, ""));
        assertThat(it.channel.isOpen()).isFalse();
    }

    @Test
    void cutsTheConnectionWhenThePeerDoesNotAnswerTheClose() {
        ClientHarness it = ready(VAD);
        it.events.subscription.cancel();
        it.channel.advanceTimeBy(1, TimeUnit.SECONDS);
        it.channel.runScheduledPendingTasks();
        assertThat(it.channel.isOpen()).isFalse();
    }

    @Test
    void sendsNoCloseButItsOwn() {
        ClientHarness it = ready(VAD);
        var foreign = it.channel.pipeline().writeAndFlush(new CloseWebSocketFrame(1001, "from the bridge"));
        it.settle();
        assertThat(it.closes).isEmpty();
        assertThat(foreign.isDone()).isFalse();
        it.channel.close();
        assertThat(foreign.isDone()).isTrue();
    }

    @Test
    void closesAConnectionThatComesAfterTheCancel() {
        ClientHarness it = harness(VAD, ClientSessionSettings.DEFAULTS, 1);
        boolean[] told = new boolean[1];
        it.session.onCancelWhileConnecting(() -> told[0] = true);
        it.events.subscription.cancel();
        assertThat(told[0]).isTrue();
        assertThat(it.audio.cancelled).isTrue();
        it.connect();
        assertThat(it.sent).isEmpty();
        assertThat(it.closes).containsExactly(1000);
    }

    @Test
    void failsWithoutAConnection() {
        ClientHarness it = harness(VAD, ClientSessionSettings.DEFAULTS, 1);
        assertThat(it.session.fail(new ConnectException("nobody home", null))).isTrue();
        assertThat(it.session.fail(new ConnectException("again", null))).isFalse();
        assertThat(it.failure(ConnectException.class)).hasMessage("nobody home");
        assertThat(it.audio.cancelled).isTrue();
    }

    @Test
    void failsAtOnceWhenTheAudioFailsBeforeThereIsAConnection() {
        ClientHarness it = harness(VAD, ClientSessionSettings.DEFAULTS, 1);
        it.audio.error(new IllegalStateException("no such file"));
        it.failure(IllegalStateException.class);
        it.connect();
        assertThat(it.closes).containsExactly(1000);
    }

    @Test
    void releasesAFrameItCannotRead() {
        ClientHarness it = ready(VAD);
        TextWebSocketFrame frame = new TextWebSocketFrame(Unpooled.copiedBuffer("{", StandardCharsets.UTF_8));
        it.channel.writeInbound(frame);
        assertThat(frame.refCnt()).isZero();
    }
}
