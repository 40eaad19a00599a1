package io.qwenasr.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.codec.ClientEvent;
import io.qwenasr.codec.ClientEvents;
import io.qwenasr.codec.ServerEvent;
import io.qwenasr.codec.ServerEvents;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A client session in an embedded channel, with a hand on all of its ends. */
final class ClientHarness {

    static final String CREATED =
            "{\"type\":\"session.created\",\"session\":{\"id\":\"sess_1\",\"model\":\"m\",\"object\":\"realtime.session\"}}";
    static final String UPDATED = "{\"type\":\"session.updated\",\"session\":{\"id\":\"sess_1\",\"model\":\"m\"}}";

    final ClientSession session;
    final ManualPublisher<AudioSignal> audio = new ManualPublisher<>();
    final Recorder<TranscriptionEvent> events;
    final HeldWrites network = new HeldWrites();
    final List<ClientEvent> sent = new ArrayList<>();
    final List<Integer> closes = new ArrayList<>();
    final List<WebSocketFrame> others = new ArrayList<>();

    /** Reads the wire as a peer does. */
    private final EmbeddedChannel peer = new EmbeddedChannel(new WebSocket13FrameDecoder(
            WebSocketDecoderConfig.newBuilder().maxFramePayloadLength(1 << 20).build()));

    int pings;
    EmbeddedChannel channel;

    ClientHarness(SessionOptions options, ClientSessionSettings settings, long demand) {
        session = new ClientSession(options, settings);
        events = new Recorder<>(demand);
        session.events().subscribe(events);
        audio.subscribe(session.audio());
    }

    void connect() {
        channel = new EmbeddedChannel(network);
        channel.freezeTime();
        channel.pipeline().addLast(new WebSocket13FrameEncoder(true), session.handler());
        settle();
    }

    void close() {
        if (channel != null) {
            network.holding = false;
            network.release(network.size());
            channel.finishAndReleaseAll();
            peer.finishAndReleaseAll();
            others.forEach(WebSocketFrame::release);
            others.clear();
        }
    }

    void server(String... events) {
        for (String json : events) {
            channel.writeInbound(new TextWebSocketFrame(Unpooled.copiedBuffer(json, StandardCharsets.UTF_8)));
        }
        settle();
    }

    void server(ServerEvent event) {
        channel.writeInbound(new TextWebSocketFrame(ServerEvents.encode(event, ByteBufAllocator.DEFAULT)));
        settle();
    }

    void chunk(int bytes) {
        audio.next(AudioSignal.chunk(ByteBuffer.allocate(bytes)));
        settle();
    }

    void settle() {
        channel.runPendingTasks();
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            peer.writeInbound(out);
        }
        for (WebSocketFrame frame = peer.readInbound(); frame != null; frame = peer.readInbound()) {
            if (frame instanceof TextWebSocketFrame text) {
                sent.add(ClientEvents.decode(text.content()));
            } else if (frame instanceof CloseWebSocketFrame close) {
                closes.add(close.statusCode());
            } else if (frame instanceof PingWebSocketFrame) {
                pings++;
            } else {
                others.add(frame.copy());
            }
            frame.release();
        }
    }

    <T extends ClientEvent> List<T> sent(Class<T> type) {
        return sent.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <T extends TranscriptionEvent> List<T> received(Class<T> type) {
        return events.elements.stream().filter(type::isInstance).map(type::cast).toList();
    }

    <T extends Throwable> T failure(Class<T> type) {
        assertThat(events.completions).isZero();
        assertThat(events.errors).singleElement().isInstanceOf(type);
        return type.cast(events.errors.get(0));
    }
}
