package io.qwenasr.session;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.TooLongFrameException;
import io.netty.handler.codec.http.websocketx.BinaryWebSocketFrame;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.ServerError;
import io.qwenasr.ServerErrorException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TurnDetection;
import io.qwenasr.codec.ClientEvents;
import io.qwenasr.codec.ServerEvent;
import io.qwenasr.codec.ServerEvents;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.LoggerFactory;

class ServerSessionTests {

    private static final String FINISH = "{\"type\":\"session.finish\"}";
    private static final String COMMIT = "{\"type\":\"input_audio_buffer.commit\",\"event_id\":\"e1\"}";
    private static final String MANUAL = "{\"type\":\"session.update\",\"session\":{\"turn_detection\":null}}";

    private final Recorder<AudioSignal> audio = new Recorder<>(Long.MAX_VALUE);
    private final ManualPublisher<TranscriptionEvent> backend = new ManualPublisher<>();
    private final List<ServerEvent> sent = new ArrayList<>();
    private final List<Integer> closes = new ArrayList<>();
    private SessionOptions options;
    private ServerSession session;
    private EmbeddedChannel channel;

    private void open() {
        open(ServerSessionSettings.DEFAULTS);
    }

    private void open(ServerSessionSettings settings) {
        session = new ServerSession(
                (signals, effective) -> {
                    options = effective;
                    signals.subscribe(audio);
                    return backend;
                },
                "test-model",
                settings);
        channel = new EmbeddedChannel();
        channel.freezeTime();
        channel.pipeline().addLast(session.handler());
        settle();
    }

    @AfterEach
    void close() {
        channel.finishAndReleaseAll();
    }

    private void client(String... events) {
        for (String json : events) {
            channel.writeInbound(new TextWebSocketFrame(Unpooled.copiedBuffer(json, StandardCharsets.UTF_8)));
        }
        settle();
    }

    private void append(int bytes) {
        channel.writeInbound(new TextWebSocketFrame(
                ClientEvents.encodeAppend("e", ByteBuffer.allocate(bytes), ByteBufAllocator.DEFAULT)));
        settle();
    }

    private void says(TranscriptionEvent... events) {
        for (TranscriptionEvent event : events) {
            backend.next(event);
            // One by one: a write makes an EmbeddedChannel run whatever is queued, as no event loop does.
            settle();
        }
    }

    private void settle() {
        channel.runPendingTasks();
        for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            WebSocketFrame frame = (WebSocketFrame) out;
            if (frame instanceof TextWebSocketFrame text) {
                sent.add(ServerEvents.decode(text.content()));
            } else if (frame instanceof CloseWebSocketFrame close) {
                closes.add(close.statusCode());
            }
            frame.release();
        }
    }

    private void pass(long millis) {
        channel.advanceTimeBy(millis, TimeUnit.MILLISECONDS);
        channel.runScheduledPendingTasks();
        settle();
    }

    private ServerEvent last() {
        return sent.get(sent.size() - 1);
    }

    private List<String> types() {
        return sent.stream().map(ServerEvent::type).toList();
    }

    private static TranscriptionEvent result(String item, String transcript) {
        return new TranscriptionEvent.Final(item, transcript, "en", null, null, null);
    }

    // ---- configuration

    @Test
    void introducesItselfFirst() {
        open();
        assertThat(sent).singleElement().isInstanceOfSatisfying(ServerEvent.SessionCreated.class, created -> {
            assertThat(created.session().id()).isEqualTo(session.id()).matches("sess_[A-Za-z0-9]{21}");
            assertThat(created.session().model()).isEqualTo("test-model");
            assertThat(created.session().sampleRate()).isEqualTo(16_000);
        });
    }

    @Test
    void echoesAnUpdateWithAllItsMembers() {
        open();
        client("{\"type\":\"session.update\",\"session\":{\"voice\":null,\"output_audio_format\":\"pcm24\","
                + "\"input_audio_format\":\"pcm16\",\"sample_rate\":8000,"
                + "\"input_audio_transcription\":{\"language\":\"zh\",\"corpus\":{\"text\":\"terms\"}},"
                + "\"turn_detection\":{\"type\":\"server_vad\",\"threshold\":-0.5,\"silence_duration_ms\":400,"
                + "\"prefix_padding_ms\":300}}}");
        assertThat(last()).isInstanceOfSatisfying(ServerEvent.SessionUpdated.class, updated -> {
            assertThat(updated.session().inputAudioFormat()).isEqualTo("pcm16");
            assertThat(updated.session().sampleRate()).isEqualTo(8_000);
            assertThat(updated.session().extras().members()).containsKeys("voice", "output_audio_format");
            assertThat(updated.session().turnDetection().orNull().prefixPaddingMs())
                    .isEqualTo(300);
        });
        append(320);
        assertThat(options)
                .isEqualTo(SessionOptions.builder()
                        .model("test-model")
                        .format(AudioFormat.PCM_8K)
                        .language("zh")
                        .corpusText("terms")
                        .serverVad(-0.5, Duration.ofMillis(400))
                        .build());
    }

    @Test
    void keepsWhatAnUpdateLeavesOut() {
        open();
        client(MANUAL, "{\"type\":\"session.update\",\"session\":{\"sample_rate\":8000}}");
        append(320);
        assertThat(options.turnDetection()).isEqualTo(TurnDetection.manual());
        assertThat(options.format()).isEqualTo(AudioFormat.PCM_8K);
    }

    @Test
    void refusesValuesOutOfRangeAndKeepsTheOldOnes() {
        open();
        String[][] bad = {
            {"\"sample_rate\":44100", "session.sample_rate"},
            {"\"input_audio_format\":\"mp3\"", "session.input_audio_format"},
            {"\"modalities\":[\"audio\"]", "session.modalities"},
            {"\"turn_detection\":{\"type\":\"psychic\"}", "session.turn_detection.type"},
            {"\"turn_detection\":{\"type\":\"server_vad\",\"threshold\":1.5}", "session.turn_detection.threshold"},
            {
                "\"turn_detection\":{\"type\":\"server_vad\",\"silence_duration_ms\":100}",
                "session.turn_detection.silence_duration_ms"
            },
        };
        for (String[] each : bad) {
            client("{\"type\":\"session.update\",\"event_id\":\"e7\",\"session\":{" + each[0] + "}}");
            assertThat(last()).isInstanceOfSatisfying(ServerEvent.ErrorReported.class, refused -> {
                assertThat(refused.error().param()).isEqualTo(each[1]);
                assertThat(refused.error().eventId()).isEqualTo("e7");
                assertThat(refused.error().isFatal()).isFalse();
            });
        }
        append(320);
        assertThat(options.format()).isEqualTo(AudioFormat.PCM_16K);
        assertThat(closes).isEmpty();
    }

    @Test
    void doesNotChangeAConfigurationInUse() {
        open();
        append(320);
        client("{\"type\":\"session.update\",\"session\":{\"sample_rate\":8000}}");
        assertThat(last()).isInstanceOf(ServerEvent.ErrorReported.class);
        client("{\"type\":\"session.update\",\"session\":{\"sample_rate\":16000}}");
        assertThat(last()).isInstanceOf(ServerEvent.SessionUpdated.class);
    }

    // ---- turns

    @Test
    void tellsATurnInTheDocumentedOrder() {
        open();
        append(3_200);
        says(
                new TranscriptionEvent.SpeechStarted("a", Duration.ofMillis(640)),
                new TranscriptionEvent.Partial("a", "", "so", "en", null),
                new TranscriptionEvent.SpeechStopped("a", Duration.ofMillis(900)),
                new TranscriptionEvent.Committed("a", null),
                result("a", "So."));
        client(FINISH);
        backend.complete();
        settle();
        assertThat(types())
                .containsExactly(
                        "session.created",
                        "input_audio_buffer.speech_started",
                        "conversation.item.input_audio_transcription.text",
                        "input_audio_buffer.speech_stopped",
                        "input_audio_buffer.committed",
                        "conversation.item.created",
                        "conversation.item.input_audio_transcription.completed",
                        "session.finished");
        assertThat(sent).extracting(ServerEvent::eventId).doesNotContainNull().doesNotHaveDuplicates();
    }

    @Test
    void commitsAnItemThatItsBackendForgotToCommit() {
        open();
        client(MANUAL);
        append(3_200);
        client(COMMIT);
        says(result("a", "One."), result("b", "Two."));
        assertThat(sent)
                .filteredOn(ServerEvent.Committed.class::isInstance)
                .extracting(
                        e -> ((ServerEvent.Committed) e).itemId(), e -> ((ServerEvent.Committed) e).previousItemId())
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("a", null), org.assertj.core.groups.Tuple.tuple("b", "a"));
    }

    @Test
    void endsEachItemOnce() {
        open();
        append(3_200);
        says(
                new TranscriptionEvent.SpeechStarted("a", Duration.ZERO),
                result("a", "One."),
                result("a", "Again."),
                new TranscriptionEvent.Partial("a", "late", "", null, null),
                new TranscriptionEvent.SpeechStarted("b", Duration.ZERO));
        client(FINISH);
        backend.complete();
        settle();
        assertThat(types())
                .filteredOn(t -> t.endsWith(".completed") || t.endsWith(".failed") || t.endsWith(".text"))
                .containsExactly(
                        "conversation.item.input_audio_transcription.completed",
                        "conversation.item.input_audio_transcription.failed");
        assertThat(last()).isInstanceOf(ServerEvent.SessionFinished.class);
    }

    @Test
    void endsAnItemOfWhichOnlyTheEndOfTheSpeechWasTold() {
        open();
        append(3_200);
        says(
                new TranscriptionEvent.SpeechStopped("a", Duration.ofMillis(900)),
                new TranscriptionEvent.SpeechStopped(null, Duration.ofMillis(950)));
        client(FINISH);
        backend.complete();
        settle();
        assertThat(types())
                .containsExactly(
                        "session.created",
                        "input_audio_buffer.speech_stopped",
                        "input_audio_buffer.speech_stopped",
                        "input_audio_buffer.committed",
                        "conversation.item.created",
                        "conversation.item.input_audio_transcription.failed",
                        "session.finished");
    }

    @Test
    void saysNothingOfTheSpeechOfAnItemThatHasEnded() {
        open();
        append(3_200);
        says(result("a", "One."));
        int before = sent.size();
        says(
                new TranscriptionEvent.SpeechStarted("a", Duration.ZERO),
                new TranscriptionEvent.SpeechStopped("a", Duration.ofMillis(900)));
        assertThat(sent).hasSize(before);
    }

    @Test
    void passesSignalsInOrder() {
        open();
        client(MANUAL);
        append(3_200);
        client(COMMIT);
        append(100);
        client("{\"type\":\"input_audio_buffer.clear\"}", FINISH);
        assertThat(audio.elements).hasSize(4).satisfies(signals -> {
            assertThat(((AudioSignal.Chunk) signals.get(0)).audio().remaining()).isEqualTo(3_200);
            assertThat(signals.get(1)).isEqualTo(AudioSignal.commit());
            assertThat(signals.get(3)).isEqualTo(AudioSignal.clear());
        });
        assertThat(audio.completions).isOne();
        assertThat(types()).contains("input_audio_buffer.cleared");
    }

    @Test
    void answersAnEmptyCommitWithAnErrorAndGoesOn() {
        open();
        client(MANUAL, COMMIT);
        assertThat(last()).isInstanceOfSatisfying(ServerEvent.ErrorReported.class, refused -> {
            assertThat(refused.error().message()).contains("buffer too small");
            assertThat(refused.error().eventId()).isEqualTo("e1");
        });
        append(3_200);
        client(COMMIT, COMMIT);
        assertThat(audio.elements)
                .filteredOn(AudioSignal.Commit.class::isInstance)
                .hasSize(1);
    }

    @Test
    void ignoresACommitWhileItDetectsTurns() {
        open();
        append(3_200);
        client(COMMIT);
        assertThat(types()).containsExactly("session.created");
        assertThat(audio.elements).hasSize(1);
    }

    // ---- finish

    @Test
    void finishesAtOnceWithoutAudio() {
        open();
        client(FINISH, FINISH);
        assertThat(types()).containsExactly("session.created", "session.finished");
        assertThat(options).isNull();
    }

    @Test
    void saysNothingButResultsAfterFinish() {
        open();
        append(3_200);
        client(FINISH, COMMIT, FINISH, "{\"type\":\"response.create\"}", "garbage", MANUAL);
        append(3_200);
        says(new TranscriptionEvent.ErrorReported(new ServerError("t", "c", "m", null, null)));
        assertThat(types()).containsExactly("session.created");
        backend.complete();
        settle();
        assertThat(types()).containsExactly("session.created", "session.finished");
    }

    @Test
    void leavesTheSocketOpenForTheClientToClose() {
        open();
        client(FINISH);
        pass(9_999);
        assertThat(closes).isEmpty();
        pass(1);
        assertThat(closes).containsExactly(1000);
        pass(1_000);
        assertThat(channel.isOpen()).isFalse();
    }

    @Test
    void answersTheClientsClose() {
        open();
        append(3_200);
        channel.writeInbound(new CloseWebSocketFrame(1000, "bye"));
        settle();
        assertThat(closes).containsExactly(1000);
        assertThat(channel.isOpen()).isFalse();
        assertThat(backend.cancelled).isTrue();
    }

    @Test
    void cancelsTheBackendWhenTheClientVanishes() {
        open();
        append(3_200);
        channel.close();
        assertThat(backend.cancelled).isTrue();
        assertThat(audio.isEnded()).isTrue();
    }

    // ---- what goes wrong

    @Test
    void survivesWhatItCannotUnderstand() {
        open();
        client(
                "garbage",
                "{}",
                "{\"type\":\"response.create\",\"event_id\":\"e9\"}",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"?\"}");
        channel.writeInbound(new BinaryWebSocketFrame(Unpooled.buffer().writeInt(1)));
        settle();
        assertThat(types()).containsExactly("session.created", "error", "error", "error", "error", "error");
        assertThat(sent)
                .filteredOn(ServerEvent.ErrorReported.class::isInstance)
                .allSatisfy(
                        e -> assertThat(((ServerEvent.ErrorReported) e).error().type())
                                .isEqualTo(ServerError.INVALID_REQUEST));
        assertThat(((ServerEvent.ErrorReported) sent.get(3)).error().eventId()).isEqualTo("e9");
        append(320);
        assertThat(audio.elements).hasSize(1);
    }

    @Test
    void tellsOfAFailedBackendWithoutItsInsides() {
        open();
        append(3_200);
        says(new TranscriptionEvent.SpeechStarted("a", Duration.ZERO));
        backend.error(new IllegalStateException("secret path /etc/models"));
        settle();
        assertThat(types()).endsWith("conversation.item.input_audio_transcription.failed", "error");
        assertThat(((ServerEvent.ErrorReported) last()).error().isFatal()).isTrue();
        assertThat(sent.toString()).doesNotContain("secret");
        assertThat(closes).containsExactly(1011);
    }

    @Test
    void passesOnWhatAnUpstreamServiceReported() {
        open();
        append(3_200);
        ServerError upstream = new ServerError("server_error", "InternalError", "model overloaded", null, null);
        backend.error(new ServerErrorException(upstream, SessionPhase.STREAMING, null));
        settle();
        assertThat(((ServerEvent.ErrorReported) last()).error()).isEqualTo(upstream);
    }

    @Test
    void passesOnNoIdOfAnEventThatItsClientDidNotSend() {
        open();
        append(3_200);
        ServerError upstream = new ServerError("invalid_request_error", "c", "buffer too small", "p", "event_1");
        ServerError passedOn = new ServerError("invalid_request_error", "c", "buffer too small", "p", null);
        says(new TranscriptionEvent.ErrorReported(upstream));
        assertThat(((ServerEvent.ErrorReported) last()).error()).isEqualTo(passedOn);
        says(new TranscriptionEvent.Failed("a", upstream));
        assertThat(((ServerEvent.Failed) last()).error()).isEqualTo(passedOn);
        backend.error(new ServerErrorException(upstream, SessionPhase.STREAMING, null));
        settle();
        assertThat(((ServerEvent.ErrorReported) last()).error()).isEqualTo(passedOn);
    }

    @Test
    void echoesAnIdOfModestLengthOnly() {
        open();
        client(MANUAL);
        String[] requests = {
            "{\"type\":\"input_audio_buffer.commit\",\"event_id\":\"%s\"}",
            "{\"type\":\"session.update\",\"event_id\":\"%s\",\"session\":{\"sample_rate\":1}}",
            "{\"type\":\"response.create\",\"event_id\":\"%s\"}",
            "{\"type\":\"input_audio_buffer.append\",\"event_id\":\"%s\",\"audio\":\"?\"}",
        };
        for (String request : requests) {
            String longest = "e".repeat(256);
            client(request.formatted(longest));
            assertThat(((ServerEvent.ErrorReported) last()).error().eventId()).isEqualTo(longest);
            client(request.formatted(longest + "e"));
            assertThat(((ServerEvent.ErrorReported) last()).error().eventId()).isNull();
        }
    }

    @Test
    void refusesAnEventThatIsTooLargeAndGoesOn() {
        open();
        client("{\"type\":\"session.update\",\"event_id\":\"e1\",\"session\":{\"x\":\"" + "x".repeat(300_000) + "\"}}");
        assertThat(last()).isInstanceOfSatisfying(ServerEvent.ErrorReported.class, refused -> {
            assertThat(refused.error().type()).isEqualTo(ServerError.INVALID_REQUEST);
            assertThat(refused.error().message()).contains("at most 262144 bytes");
            assertThat(refused.error().eventId()).isEqualTo("e1");
        });
        append(3_200);
        assertThat(audio.elements).hasSize(1);
    }

    @Test
    void sendsAnEventThatAClientCanReadForOneThatHasLostItsJson() {
        open();
        append(3_200);
        says(new TranscriptionEvent.Unknown("x.words", "{}"));
        assertThat(last()).isInstanceOfSatisfying(ServerEvent.Unknown.class, unknown -> {
            assertThat(unknown.type()).isEqualTo("x.words");
            assertThat(unknown.eventId()).isNotNull();
        });
        String whole = "{\"type\":\"x.words\",\"words\":[1]}";
        says(new TranscriptionEvent.Unknown("x.words", whole));
        assertThat(last()).isEqualTo(new ServerEvent.Unknown(null, "x.words", whole));
    }

    @Test
    void endsWhenTheBackendEndsTooEarly() {
        open();
        append(3_200);
        backend.complete();
        settle();
        assertThat(types()).endsWith("error");
        assertThat(closes).containsExactly(1011);
    }

    @Test
    void endsAnIdleSession() {
        open();
        pass(100_000);
        append(320);
        pass(170_000);
        assertThat(closes).isEmpty();
        pass(60_000);
        assertThat(((ServerEvent.ErrorReported) last()).error().code()).isEqualTo("response_idle_timeout");
        assertThat(closes).containsExactly(1007);
    }

    @Test
    void closesWithTheRightCodeOnAnOversizeFrame() {
        open();
        channel.pipeline().fireExceptionCaught(new TooLongFrameException("too long"));
        settle();
        assertThat(closes).containsExactly(1009);
    }

    static Stream<Exception> disconnects() {
        return Stream.of(
                new IOException("Connection reset by peer"),
                new SSLException("closing inbound before receiving peer's close_notify"),
                new DecoderException(new SSLException("bad record MAC")),
                new DecoderException("not a frame"));
    }

    @ParameterizedTest
    @MethodSource("disconnects")
    void endsQuietlyWhenTheConnectionFails(Exception failure) {
        Logger logger = (Logger) LoggerFactory.getLogger(ServerSession.class);
        ListAppender<ILoggingEvent> lines = new ListAppender<>();
        lines.start();
        logger.addAppender(lines);
        try {
            open();
            append(3_200);
            channel.pipeline().fireExceptionCaught(failure);
            settle();
            pass(1_000);
        } finally {
            logger.detachAppender(lines);
        }
        assertThat(channel.isOpen()).isFalse();
        assertThat(backend.cancelled).isTrue();
        assertThat(lines.list).allSatisfy(line -> {
            assertThat(line.getLevel().isGreaterOrEqual(Level.INFO)).isFalse();
            assertThat(line.getThrowableProxy()).isNull();
        });
    }

    /** Throws from wherever a session tells it that it is over. */
    private static final class Rude implements Subscriber<AudioSignal>, Subscription {
        @Override
        public void onSubscribe(Subscription s) {
            s.request(1);
        }

        @Override
        public void onNext(AudioSignal signal) {}

        @Override
        public void onError(Throwable error) {
            throw new IllegalStateException("rude");
        }

        @Override
        public void onComplete() {}

        @Override
        public void request(long n) {}

        @Override
        public void cancel() {
            throw new IllegalStateException("rude");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void closesTheConnectionWhateverItsBackendThrows(boolean reset) {
        session = new ServerSession(
                (signals, effective) -> {
                    Rude rude = new Rude();
                    signals.subscribe(rude);
                    return events -> events.onSubscribe(rude);
                },
                null,
                ServerSessionSettings.DEFAULTS);
        channel = new EmbeddedChannel(session.handler());
        append(3_200);
        channel.pipeline()
                .fireExceptionCaught(
                        reset ? new IOException("reset by the peer") : new TooLongFrameException("too long"));
        settle();
        if (reset) {
            assertThat(channel.isOpen()).isFalse();
        } else {
            assertThat(closes).containsExactly(1009);
        }
    }

    // ---- demand

    @Test
    void stopsReadingWhileTooMuchAudioWaits() {
        audio.subscription = null;
        Recorder<AudioSignal> slow = new Recorder<>(0);
        session = new ServerSession(
                (signals, effective) -> {
                    signals.subscribe(slow);
                    return backend;
                },
                null,
                ServerSessionSettings.DEFAULTS.withMaxQueuedAudioBytes(10 * (3_200 + 128)));
        channel = new EmbeddedChannel(session.handler());
        for (int i = 0; i < 10; i++) {
            append(3_200);
        }
        assertThat(channel.config().isAutoRead()).isTrue();
        append(3_200);
        assertThat(channel.config().isAutoRead()).isFalse();
        slow.subscription.request(5);
        assertThat(channel.config().isAutoRead()).isFalse();
        slow.subscription.request(1);
        assertThat(channel.config().isAutoRead()).isTrue();
        assertThat(slow.elements).hasSize(6);
    }

    @Test
    void stopsReadingAnEndlessRowOfSingleSamples() {
        audio.subscription = null;
        Recorder<AudioSignal> slow = new Recorder<>(0);
        session = new ServerSession(
                (signals, effective) -> {
                    signals.subscribe(slow);
                    return backend;
                },
                null,
                ServerSessionSettings.DEFAULTS.withMaxQueuedAudioBytes(13_000));
        channel = new EmbeddedChannel(session.handler());
        for (int i = 0; i < 100; i++) {
            append(2);
        }
        assertThat(channel.config().isAutoRead()).isTrue();
        append(2);
        assertThat(channel.config().isAutoRead()).isFalse();
    }

    @Test
    void requestsEventsOnlyAsTheyLeave() {
        HeldWrites network = new HeldWrites();
        open();
        channel.pipeline().addFirst(network);
        append(3_200);
        assertThat(backend.requested).isEqualTo(32);
        network.holding = true;
        for (int i = 0; i < 32; i++) {
            says(new TranscriptionEvent.Partial("a", "", "word " + i, null, null));
        }
        assertThat(backend.requested).isEqualTo(32);
        network.release(16);
        settle();
        assertThat(backend.requested).isEqualTo(48);
        network.release(network.size());
    }

    // ---- stop

    @Test
    void transcribesWhatItHasBeforeItStops() {
        open();
        append(3_200);
        session.drain();
        settle();
        assertThat(audio.completions).isOne();
        append(3_200);
        says(result("a", "One."));
        backend.complete();
        settle();
        assertThat(types()).endsWith("conversation.item.input_audio_transcription.completed");
        assertThat(closes).containsExactly(1001);
        assertThat(audio.elements).hasSize(1);
    }

    @Test
    void leavesTheCloseToAClientThatIsTold() {
        open();
        client(FINISH);
        session.drain();
        settle();
        assertThat(closes).isEmpty();
        pass(10_000);
        assertThat(closes).containsExactly(1000);
    }

    @Test
    void stopsAtOnceWhileNothingIsGoingOn() {
        open();
        session.drain();
        settle();
        assertThat(closes).containsExactly(1001);
    }
}
