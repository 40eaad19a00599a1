package io.qwenasr.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.util.ReferenceCountUtil;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.codec.AppendEncoder;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What sending an append may allocate. */
class AllocationTests {

    @RegisterExtension
    final AllocationMeter meter = new AllocationMeter();

    @Test
    void encodingAnAppendAllocatesNextToNothing() {
        AppendEncoder encoder = new AppendEncoder("event_a", new SecureRandom());
        ByteBuffer audio = ByteBuffer.allocate(3_200);
        double bytes = meter.bytesPerRound(
                "encode", () -> encoder.frame(audio, ByteBufAllocator.DEFAULT).release());
        assertThat(bytes).isLessThanOrEqualTo(32);
    }

    /** A socket that takes everything at once. */
    private static final class Sink extends ChannelOutboundHandlerAdapter {
        long bytes;
        long writes;
        long flushes;

        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            bytes += ((ByteBuf) msg).readableBytes();
            writes++;
            ReferenceCountUtil.release(msg);
            promise.setSuccess();
        }

        @Override
        public void flush(ChannelHandlerContext ctx) {
            flushes++;
        }
    }

    @Test
    void anAppendStaysWithinItsBoundsFromTheSignalToTheSocket() {
        Sink sink = new Sink();
        ClientSession session = new ClientSession(SessionOptions.defaults(), ClientSessionSettings.DEFAULTS);
        Recorder<TranscriptionEvent> events = new Recorder<>(Long.MAX_VALUE);
        session.events().subscribe(events);
        ManualPublisher<AudioSignal> audio = new ManualPublisher<>();
        audio.subscribe(session.audio());
        EmbeddedChannel channel = new EmbeddedChannel(sink, new WebSocket13FrameEncoder(true), session.handler());
        channel.writeInbound(new TextWebSocketFrame(ClientHarness.UPDATED));
        channel.runPendingTasks();
        AudioSignal chunk = AudioSignal.chunk(ByteBuffer.allocate(3_200));
        double bytes = meter.bytesPerRound("append, signal to socket", () -> {
            audio.next(chunk);
            channel.runPendingTasks();
        });
        assertThat(events.errors).isEmpty();
        assertThat(bytes).isLessThanOrEqualTo(128);

        long writes = sink.writes;
        long flushes = sink.flushes;
        long wire = sink.bytes;
        for (int i = 0; i < 8; i++) {
            audio.next(chunk);
        }
        channel.runPendingTasks();
        assertThat(sink.writes - writes).isEqualTo(8);
        assertThat(sink.flushes - flushes).as("flushes of one turn of the loop").isEqualTo(1);
        // 4,268 of base64, at most 90 of JSON around it, 8 of frame header.
        assertThat((sink.bytes - wire) / 8).isBetween(4_268L, 4_366L);
        channel.finishAndReleaseAll();
    }
}
