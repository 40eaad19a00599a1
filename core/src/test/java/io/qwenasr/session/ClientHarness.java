package io.qwenasr.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
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
        channel.pipeline().addLast(session.handler());
        settle();
    }

    void close() {
        if (channel != null) {
            network.holding = false;
            network.release(network.size());
            channel.finishAndReleaseAll();
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
        for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            WebSocketFrame frame = (WebSocketFrame) out;
            if (frame instanceof TextWebSocketFrame text) {
                sent.add(ClientEvents.decode(text.content()));
            } else if (frame instanceof CloseWebSocketFrame close) {
                closes.add(close.statusCode());
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
