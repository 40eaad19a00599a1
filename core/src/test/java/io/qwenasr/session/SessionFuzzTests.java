package io.qwenasr.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrameAggregator;
import io.netty.util.ReferenceCountUtil;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Damaged bytes on the wire, to either side: each session ends by its rules, and takes no memory with it. */
class SessionFuzzTests {

    /** More by -Dfuzz.factor. */
    private static final int SESSIONS = 3_000 * Integer.getInteger("fuzz.factor", 1);

    private static final int MAX_FRAME = 1 << 16;

    @Test
    void clientsOutliveWhateverServersSend() throws Exception {
        List<byte[]> samples = samples("server.");
        run(samples, false, random -> {
            ClientSession session = new ClientSession(
                    random.nextBoolean()
                            ? SessionOptions.defaults()
                            : SessionOptions.builder().manual().build(),
                    ClientSessionSettings.DEFAULTS.withMaxEvents(64).withCloseTimeout(Duration.ofMillis(1)));
            Recorder<TranscriptionEvent> events = new Recorder<>(random.nextBoolean() ? Long.MAX_VALUE : 3);
            session.events().subscribe(events);
            ManualPublisher<AudioSignal> audio = new ManualPublisher<>();
            audio.subscribe(session.audio());
            return new Peer(
                    session.handler(),
                    () -> {
                        if (audio.pending() > 0 && !audio.cancelled) {
                            audio.next(AudioSignal.chunk(ByteBuffer.allocate(random.nextInt(2_000))));
                        }
                    },
                    () -> {
                        events.subscription.request(Long.MAX_VALUE);
                        assertThat(events.errors.size() + events.completions).isEqualTo(1);
                        assertThat(audio.cancelled).isTrue();
                    });
        });
    }

    @Test
    void serversOutliveWhateverClientsSend() throws Exception {
        List<byte[]> samples = samples("client.");
        run(samples, true, random -> {
            ManualPublisher<TranscriptionEvent> backend = new ManualPublisher<>();
            Recorder<AudioSignal> audio = new Recorder<>(random.nextBoolean() ? Long.MAX_VALUE : 2);
            ServerSession session = new ServerSession(
                    (signals, options) -> {
                        signals.subscribe(audio);
                        return backend;
                    },
                    null,
                    ServerSessionSettings.DEFAULTS.withCloseTimeout(Duration.ofMillis(1)));
            return new Peer(
                    session.handler(),
                    () -> {
                        if (backend.pending() > 0 && !backend.cancelled) {
                            backend.next(new TranscriptionEvent.Partial("a", "x", "y", null, null));
                        }
                    },
                    () -> {
                        if (audio.subscription != null) {
                            assertThat(backend.cancelled).isTrue();
                        }
                    });
        });
    }

    private record Peer(ChannelHandler handler, Runnable act, Runnable check) {}

    private interface Peers {
        Peer next(Random random);
    }

    private static void run(List<byte[]> samples, boolean masked, Peers peers) throws Exception {
        long seed = Long.getLong("fuzz.seed", new Random().nextLong());
        for (int i = 0; i < SESSIONS; i++) {
            Random random = new Random(seed + i);
            try {
                session(samples, masked, peers.next(random), random);
            } catch (Throwable e) {
                throw new AssertionError("seed " + seed + ", session " + i, e);
            }
        }
    }

    private static void session(List<byte[]> samples, boolean masked, Peer peer, Random random) {
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.freezeTime();
        channel.pipeline()
                .addLast(new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
                        .expectMaskedFrames(masked)
                        .maxFramePayloadLength(MAX_FRAME)
                        .allowExtensions(false)
                        .build()))
                .addLast(new WebSocket13FrameEncoder(!masked))
                .addLast(new WebSocketFrameAggregator(MAX_FRAME))
                .addLast(peer.handler);
        drain(channel);
        int frames = 1 + random.nextInt(16);
        for (int n = 0; n < frames && channel.isOpen(); n++) {
            byte[] wire = frame(samples.get(random.nextInt(samples.size())), masked);
            if (random.nextInt(3) == 0) {
                damage(wire, random);
            }
            int cut = random.nextInt(wire.length + 1);
            feed(channel, Unpooled.copiedBuffer(wire, 0, cut));
            feed(channel, Unpooled.copiedBuffer(wire, cut, wire.length - cut));
            peer.act.run();
            drain(channel);
            if (random.nextInt(8) == 0) {
                channel.advanceTimeBy(random.nextInt(20_000), TimeUnit.MILLISECONDS);
                channel.runScheduledPendingTasks();
                drain(channel);
            }
        }
        channel.close();
        drain(channel);
        peer.check.run();
        channel.finishAndReleaseAll();
    }

    private static void feed(EmbeddedChannel channel, ByteBuf bytes) {
        if (channel.isOpen()) {
            channel.writeInbound(bytes);
        } else {
            bytes.release();
        }
    }

    private static void drain(EmbeddedChannel channel) {
        channel.runPendingTasks();
        for (Object out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
            // The decoder, which stands before the encoder, writes its Close frames itself.
            assertThat(out).isInstanceOfAny(ByteBuf.class, CloseWebSocketFrame.class);
            ReferenceCountUtil.release(out);
        }
        assertThat(channel.inboundMessages()).isEmpty();
    }

    private static byte[] frame(byte[] json, boolean masked) {
        EmbeddedChannel encoder = new EmbeddedChannel(new WebSocket13FrameEncoder(masked));
        ByteArrayOutputStream wire = new ByteArrayOutputStream();
        encoder.writeOutbound(new TextWebSocketFrame(Unpooled.wrappedBuffer(json)));
        for (ByteBuf part = encoder.readOutbound(); part != null; part = encoder.readOutbound()) {
            byte[] bytes = new byte[part.readableBytes()];
            part.readBytes(bytes);
            part.release();
            wire.writeBytes(bytes);
        }
        encoder.finishAndReleaseAll();
        return wire.toByteArray();
    }

    private static void damage(byte[] wire, Random random) {
        for (int n = 1 + random.nextInt(3); n > 0; n--) {
            // The header decides how the rest is read, so it is hit as often as the rest.
            int at = random.nextBoolean() ? random.nextInt(Math.min(wire.length, 10)) : random.nextInt(wire.length);
            wire[at] = (byte) random.nextInt(256);
        }
    }

    private static List<byte[]> samples(String side) throws Exception {
        Path folder =
                Path.of(SessionFuzzTests.class.getResource("/protocol/events").toURI());
        List<byte[]> samples = new ArrayList<>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                if (file.getFileName().toString().startsWith(side)) {
                    samples.add(read(file));
                }
            }
        }
        assertThat(samples).hasSizeGreaterThan(3);
        return samples;
    }

    private static byte[] read(Path file) throws IOException {
        return Files.readAllBytes(file);
    }
}
