package io.qwenasr.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.channel.Channel;
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
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/** What sending an append may allocate. */
class AllocationTests {

    /** Twice the 115 bytes that it takes, a task for the event loop among them. */
    private static final double BOUND_OF_FOREIGN = 230;

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

    /** A socket that takes everything at once, and tells another thread. */
    private static final class SharedSink extends ChannelOutboundHandlerAdapter {
        final AtomicLong writes = new AtomicLong();

        @Override
        public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
            ReferenceCountUtil.release(msg);
            promise.setSuccess();
            writes.incrementAndGet();
        }
    }

    /** Audio that is emitted on the test's thread, while the session asks for it on its event loop. */
    private static final class ForeignSource implements Publisher<AudioSignal>, Subscription {

        private static final long LIMIT = TimeUnit.SECONDS.toNanos(30);

        final AtomicLong demand = new AtomicLong();
        private final AudioSignal chunk = AudioSignal.chunk(ByteBuffer.allocate(3_200));
        private final List<Subscriber<? super AudioSignal>> subscribers = new ArrayList<>();

        @Override
        public void subscribe(Subscriber<? super AudioSignal> s) {
            subscribers.add(s);
            s.onSubscribe(this);
        }

        @Override
        public void request(long n) {
            demand.addAndGet(n);
        }

        @Override
        public void cancel() {}

        void emit(int appends) {
            for (int i = 0; i < appends; i++) {
                await(() -> demand.get() > 0);
                demand.decrementAndGet();
                subscribers.get(0).onNext(chunk);
            }
        }

        static void await(BooleanSupplier condition) {
            long deadline = System.nanoTime() + LIMIT;
            while (!condition.getAsBoolean()) {
                assertThat(System.nanoTime() - deadline).isNegative();
                LockSupport.parkNanos(1_000);
            }
        }
    }

    @Test
    void anAppendFromAForeignThreadStaysWithinItsBoundsOnBothThreads() throws Exception {
        ClientSession session = new ClientSession(SessionOptions.defaults(), ClientSessionSettings.DEFAULTS);
        session.events().subscribe(new Recorder<>(Long.MAX_VALUE));
        ForeignSource audio = new ForeignSource();
        audio.subscribe(session.audio());
        SharedSink sink = new SharedSink();
        BooleanSupplier isAsked = () -> audio.demand.get() > 0;
        try (LocalPeers peers = new LocalPeers()) {
            Channel channel = peers.connect(session.handler());
            ForeignSource.await(isAsked);
            channel.pipeline().addFirst(sink);
            long loop = channel.eventLoop()
                    .submit(() -> Thread.currentThread().getId())
                    .get(30, TimeUnit.SECONDS);
            double bytes = meter.bytesPerRound(
                    "append, signal on a foreign thread to socket",
                    new long[] {loop, Thread.currentThread().getId()},
                    appends -> {
                        long before = sink.writes.get();
                        audio.emit(appends);
                        ForeignSource.await(() -> sink.writes.get() >= before + appends);
                    });
            assertThat(bytes).isLessThanOrEqualTo(BOUND_OF_FOREIGN);
        }
    }
}
