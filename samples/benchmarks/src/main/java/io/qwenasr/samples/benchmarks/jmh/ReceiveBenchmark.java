package io.qwenasr.samples.benchmarks.jmh;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufInputStream;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.util.ReferenceCountUtil;
import io.qwenasr.AudioSignal;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.codec.AppendEncoder;
import io.qwenasr.codec.ClientEvent;
import io.qwenasr.codec.ClientEvents;
import io.qwenasr.samples.benchmarks.peer.Audio;
import io.qwenasr.session.ServerSession;
import io.qwenasr.session.ServerSessionSettings;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import tools.jackson.databind.json.JsonMapper;

/**
 * The masked bytes of one append, as a server's socket has them, to its 3,200 bytes of audio. Netty's embedded channel
 * and a copy of the frame into a new buffer, which stands for the read, are part of each figure, and alike in all.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ReceiveBenchmark {

    private static final int MAX_FRAME = 1 << 20;

    private final byte[] wire = wire();
    private final JsonMapper jackson = JsonMapper.builder().build();
    private final EmbeddedChannel frames = new EmbeddedChannel(decoder());
    private final Audible audible = new Audible();
    private final EmbeddedChannel session = new EmbeddedChannel(
            decoder(),
            new WebSocketFrameAggregator(MAX_FRAME),
            new ServerSession((audio, options) -> audible.listenTo(audio), "model", ServerSessionSettings.DEFAULTS)
                    .handler());

    record Append(String event_id, String type, String audio) {}

    private static WebSocket13FrameDecoder decoder() {
        return new WebSocket13FrameDecoder(true, false, MAX_FRAME);
    }

    private static byte[] wire() {
        ByteBuf frame =
                new AppendEncoder("event_a", new SecureRandom()).frame(Audio.chunk(1), ByteBufAllocator.DEFAULT);
        byte[] wire = new byte[frame.readableBytes()];
        frame.readBytes(wire);
        frame.release();
        return wire;
    }

    private ByteBuf read() {
        return ByteBufAllocator.DEFAULT.directBuffer(wire.length).writeBytes(wire);
    }

    /** This library's server: Netty's frame decoder and aggregator, then the session handler, up to its backend. */
    @Benchmark
    public long qwenAsrSession() {
        long before = audible.bytes;
        session.writeInbound(read());
        session.runPendingTasks();
        for (Object out = session.readOutbound(); out != null; out = session.readOutbound()) {
            ReferenceCountUtil.release(out);
        }
        return heard(audible.bytes - before);
    }

    /** Netty's frame decoder, then this library's codec. */
    @Benchmark
    public long qwenAsr() {
        WebSocketFrame frame = frame();
        ClientEvent event = ClientEvents.decode(frame.content());
        frame.release();
        return heard(event instanceof ClientEvent.Append append ? append.audio().remaining() : 0);
    }

    /** Netty's frame decoder, Jackson from the bytes, the JDK's base64. */
    @Benchmark
    public long jacksonFromBytes() throws Exception {
        WebSocketFrame frame = frame();
        byte[] audio;
        try (InputStream in = new ByteBufInputStream(frame.content())) {
            audio = Base64.getDecoder()
                    .decode(jackson.readValue(in, Append.class).audio());
        }
        frame.release();
        return heard(audio.length);
    }

    /** The same from the text of the frame, as WebFlux gives it. */
    @Benchmark
    public long jacksonFromText() {
        WebSocketFrame frame = frame();
        String text = frame.content().toString(UTF_8);
        frame.release();
        return heard(
                Base64.getDecoder().decode(jackson.readValue(text, Append.class).audio()).length);
    }

    /** The floor: a frame, decoded and unmasked by Netty, and nothing made of it. */
    @Benchmark
    public int floorFrameOnly() {
        WebSocketFrame frame = frame();
        int bytes = frame.content().readableBytes();
        frame.release();
        return bytes;
    }

    private WebSocketFrame frame() {
        frames.writeInbound(read());
        TextWebSocketFrame frame = frames.readInbound();
        return frame;
    }

    private static long heard(long bytes) {
        if (bytes != Audio.APPEND_BYTES) {
            throw new IllegalStateException(bytes + " bytes of audio came out");
        }
        return bytes;
    }

    /** Ends the session. */
    @TearDown
    public void close() {
        frames.finishAndReleaseAll();
        session.finishAndReleaseAll();
    }

    /** A backend that takes everything and says nothing. */
    private static final class Audible implements Subscriber<AudioSignal> {

        private long bytes;

        Publisher<TranscriptionEvent> listenTo(Publisher<AudioSignal> audio) {
            audio.subscribe(this);
            return events -> events.onSubscribe(new Silence());
        }

        @Override
        public void onSubscribe(Subscription s) {
            s.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(AudioSignal signal) {
            ByteBuffer audio = signal instanceof AudioSignal.Chunk chunk ? chunk.audio() : ByteBuffer.allocate(0);
            bytes += audio.remaining();
        }

        @Override
        public void onError(Throwable error) {
            // As at the end, when the channel is closed; what is not heard meanwhile fails the benchmark.
        }

        @Override
        public void onComplete() {}
    }

    private record Silence() implements Subscription {

        @Override
        public void request(long n) {}

        @Override
        public void cancel() {}
    }
}
