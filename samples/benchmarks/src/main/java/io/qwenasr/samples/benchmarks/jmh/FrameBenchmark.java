package io.qwenasr.samples.benchmarks.jmh;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.codec.ClientEvents;
import io.qwenasr.samples.benchmarks.peer.Audio;
import io.qwenasr.session.ClientSession;
import io.qwenasr.session.ClientSessionSettings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import tools.jackson.databind.json.JsonMapper;

/**
 * One append of 3,200 bytes of audio to masked bytes at the outer end of a Netty pipeline. Netty's embedded channel
 * is part of each figure, and alike in all.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class FrameBenchmark {

    private static final String CREATED =
            "{\"event_id\":\"e1\",\"type\":\"session.created\",\"session\":{\"id\":\"sess_1\"}}";
    private static final String UPDATED =
            "{\"event_id\":\"e2\",\"type\":\"session.updated\",\"session\":{\"id\":\"sess_1\"}}";

    private final byte[] array = Audio.noise(1);
    private final ByteBuffer pcm = ByteBuffer.wrap(array);
    private final JsonMapper jackson = JsonMapper.builder().build();
    private final EmbeddedChannel plain = new EmbeddedChannel(new WebSocket13FrameEncoder(true));
    private final EmbeddedChannel session = new EmbeddedChannel();
    private final Source source = new Source();
    private long numbers;

    record Append(String event_id, String type, String audio) {}

    /** Opens a session that waits for audio. */
    public FrameBenchmark() {
        ClientSession client = new ClientSession(
                SessionOptions.defaults(), ClientSessionSettings.DEFAULTS.withKeepAliveInterval(Duration.ZERO));
        client.events().subscribe(new Ignored());
        client.audio().onSubscribe(source);
        source.audio = client.audio();
        session.pipeline().addLast("ws-encoder", new WebSocket13FrameEncoder(true));
        session.pipeline().addLast(client.handler());
        session.writeInbound(new TextWebSocketFrame(CREATED));
        session.runPendingTasks();
        session.writeInbound(new TextWebSocketFrame(UPDATED));
        session.runPendingTasks();
        drain(session);
        if (source.demand == 0) {
            throw new IllegalStateException("the session asks for no audio");
        }
    }

    /** This library's session handler. */
    @Benchmark
    public int qwenAsrSession() {
        source.emit(AudioSignal.chunk(pcm));
        session.runPendingTasks();
        return drain(session);
    }

    /** This library's JSON, framed and masked by Netty. */
    @Benchmark
    public int qwenAsrJsonNettyFrame() {
        plain.writeOutbound(new TextWebSocketFrame(
                ClientEvents.encodeAppend("event_a" + ++numbers, pcm, ByteBufAllocator.DEFAULT)));
        return drain(plain);
    }

    /** Jackson to a text, framed and masked by Netty: what WebFlux comes to. */
    @Benchmark
    public int jacksonTextNettyFrame() {
        plain.writeOutbound(new TextWebSocketFrame(jackson.writeValueAsString(new Append(
                "event_a" + ++numbers,
                "input_audio_buffer.append",
                Base64.getEncoder().encodeToString(array)))));
        return drain(plain);
    }

    private static int drain(EmbeddedChannel channel) {
        int bytes = 0;
        for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            bytes += out.readableBytes();
            out.release();
        }
        return bytes;
    }

    /** Ends the session. */
    @TearDown
    public void close() {
        plain.finishAndReleaseAll();
        session.finishAndReleaseAll();
    }

    private static final class Source implements Subscription {

        private Subscriber<? super AudioSignal> audio = new Ignored();
        private long demand;

        void emit(AudioSignal signal) {
            if (demand == 0) {
                throw new IllegalStateException("the session does not ask for more");
            }
            demand--;
            audio.onNext(signal);
        }

        @Override
        public void request(long n) {
            demand += n;
        }

        @Override
        public void cancel() {}
    }

    private static final class Ignored implements Subscriber<Object> {
        @Override
        public void onSubscribe(Subscription s) {
            s.request(Long.MAX_VALUE);
        }

        @Override
        public void onNext(Object item) {}

        @Override
        public void onError(Throwable error) {
            throw new IllegalStateException("the session failed", error);
        }

        @Override
        public void onComplete() {}
    }
}
