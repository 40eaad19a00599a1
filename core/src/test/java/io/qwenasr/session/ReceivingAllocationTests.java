package io.qwenasr.session;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.codec.ClientEvents;
import io.qwenasr.codec.ServerEvents;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** What receiving a partial, and an append, may allocate; from the buffer that Netty's frame decoder makes. */
class ReceivingAllocationTests {

    private static final String PARTIAL_START = "{\"event_id\":\"event_Qq3Rr4Ss5Tt6Uu7Vv8Ww9\","
            + "\"type\":\"conversation.item.input_audio_transcription.text\",\"item_id\":\"item_Vw5Xy6Za7Bc8De9Fg0Hi1\","
            + "\"content_index\":0,";
    private static final String PARTIAL =
            PARTIAL_START + "\"language\":\"zh\",\"emotion\":\"neutral\",\"text\":\"我们把季度预算\",\"stash\":\"再过一遍。\"}";
    private static final int AUDIO = 3_200;

    /** The audio once, and 1,400 bytes for the objects around it, which take 560 on Java 17 and 1,304 on 25. */
    private static final double APPEND_BOUND = AUDIO + 1_400;

    @RegisterExtension
    final AllocationMeter meter = new AllocationMeter();

    /** Takes everything and keeps nothing. */
    private static final class Sink<T> implements Subscriber<T> {
        long elements;

        @Override
        public void onSubscribe(Subscription s) {
            s.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(T element) {
            elements++;
        }

        @Override
        public void onError(Throwable error) {}

        @Override
        public void onComplete() {}
    }

    private static ByteBuf direct(String json) {
        byte[] bytes = json.getBytes(UTF_8);
        return ByteBufAllocator.DEFAULT.directBuffer(bytes.length).writeBytes(bytes);
    }

    private static String append(String padding) {
        String audio = Base64.getEncoder().withoutPadding().encodeToString(new byte[AUDIO]);
        return "{\"event_id\":\"event_0f4d9c2a6b1e4d58a7c3e2b190f8d6a4\",\"type\":\"input_audio_buffer.append\","
                + "\"audio\":\"" + audio + padding + "\"}";
    }

    @Test
    void decodingAPartialMakesLittleMoreThanItsTexts() {
        ByteBuf json = direct(PARTIAL);
        double bytes = meter.bytesPerRound("decode partial", () -> ServerEvents.decode(json));
        json.release();
        assertThat(bytes).isLessThanOrEqualTo(1_200);
    }

    /** Each of these, left to the JSON parser, takes about 2 kB. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                PARTIAL_START + "\"text\":\"\\u6211\\u4eec\",\"stash\":\"\\n\\\"\"}",
                PARTIAL_START + "\"text\":null,\"emotion\":\"bored\",\"language\":null}",
                " {\n\t\"item_id\" : \"i\" ,\r\n \"type\":\"conversation.item.input_audio_transcription.text\" } ",
                "{\"type\":\"conversation.item.input_audio_transcription.completed\",\"item_id\":\"i\",\"transcript\":\"t\"}",
                "{\"type\":\"input_audio_buffer.speech_started\",\"item_id\":\"i\",\"audio_start_ms\":640}",
                "{\"type\":\"input_audio_buffer.speech_stopped\",\"audio_end_ms\":3600000}",
                "{\"type\":\"input_audio_buffer.committed\",\"item_id\":\"i\",\"previous_item_id\":\"\"}",
                "{\"type\":\"input_audio_buffer.cleared\",\"event_id\":\"e\"}",
                "{\"type\":\"session.finished\"}"
            })
    void otherEventsOfManyTakeNoMore(String event) {
        ByteBuf json = direct(event);
        double bytes = meter.bytesPerRound("decode " + event, () -> ServerEvents.decode(json));
        json.release();
        assertThat(bytes).isLessThanOrEqualTo(1_200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"=", "\\u003d"})
    void decodingAnAppendMakesOneCopyOfItsAudio(String padding) {
        ByteBuf json = direct(append(padding));
        double bytes = meter.bytesPerRound("decode append ending in " + padding, () -> ClientEvents.decode(json));
        json.release();
        assertThat(bytes).isBetween((double) AUDIO, APPEND_BOUND);
    }

    @Test
    void aPartialStaysWithinItsBoundsFromTheFrameToTheSubscriber() {
        Sink<TranscriptionEvent> events = new Sink<>();
        ClientSession session = new ClientSession(SessionOptions.defaults(), ClientSessionSettings.DEFAULTS);
        session.events().subscribe(events);
        EmbeddedChannel channel = new EmbeddedChannel(new WebSocket13FrameEncoder(true), session.handler());
        channel.writeInbound(new TextWebSocketFrame(ClientHarness.UPDATED));
        TextWebSocketFrame frame = new TextWebSocketFrame(direct(PARTIAL));
        long before = events.elements;
        long[] rounds = new long[1];
        double bytes = meter.bytesPerRound("partial, frame to subscriber", () -> {
            channel.pipeline().fireChannelRead(frame.retain());
            rounds[0]++;
        });
        assertThat(events.elements - before).isEqualTo(rounds[0]);
        assertThat(bytes).isLessThanOrEqualTo(1_200);
        channel.finishAndReleaseAll();
        assertThat(frame.release()).isTrue();
    }

    @Test
    void aPartialThatNobodyWantsTakesNextToNothing() {
        Sink<TranscriptionEvent> events = new Sink<>();
        ClientSession session =
                new ClientSession(SessionOptions.builder().partials(false).build(), ClientSessionSettings.DEFAULTS);
        session.events().subscribe(events);
        EmbeddedChannel channel = new EmbeddedChannel(new WebSocket13FrameEncoder(true), session.handler());
        channel.writeInbound(new TextWebSocketFrame(ClientHarness.UPDATED));
        TextWebSocketFrame frame = new TextWebSocketFrame(direct(PARTIAL));
        long before = events.elements;
        double bytes = meter.bytesPerRound(
                "partial that nobody wants", () -> channel.pipeline().fireChannelRead(frame.retain()));
        assertThat(events.elements).isEqualTo(before);
        assertThat(bytes).isLessThanOrEqualTo(320);
        channel.finishAndReleaseAll();
        assertThat(frame.release()).isTrue();
    }

    @Test
    void anIdThatNobodyReadsIsNotMade() {
        ByteBuf json = direct(PARTIAL);
        double with = meter.bytesPerRound("decode partial", () -> ServerEvents.decode(json));
        double without = meter.bytesPerRound("decode partial without id", () -> ServerEvents.decodeWithoutId(json));
        json.release();
        // The text alone is a String of 24 bytes and an array of 48.
        assertThat(without).isLessThanOrEqualTo(with - 40);
    }

    @Test
    void anAppendStaysWithinItsBoundsFromTheFrameToTheBackend() {
        Sink<AudioSignal> audio = new Sink<>();
        ServerSession session = new ServerSession(
                (signals, options) -> {
                    signals.subscribe(audio);
                    return new ManualPublisher<>();
                },
                "test-model",
                ServerSessionSettings.DEFAULTS);
        EmbeddedChannel channel = new EmbeddedChannel(session.handler());
        TextWebSocketFrame frame = new TextWebSocketFrame(direct(append("=")));
        long[] rounds = new long[1];
        double bytes = meter.bytesPerRound("append, frame to backend", () -> {
            channel.pipeline().fireChannelRead(frame.retain());
            rounds[0]++;
        });
        assertThat(audio.elements).isEqualTo(rounds[0]);
        assertThat(bytes).isBetween((double) AUDIO, APPEND_BOUND);
        channel.finishAndReleaseAll();
        assertThat(frame.release()).isTrue();
    }
}
