package io.qwenasr.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.qwenasr.AudioSignal;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.SessionOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A client session whose audio goes wrong. */
class ClientAudioTests {

    private final ClientHarness it =
            new ClientHarness(SessionOptions.defaults(), ClientSessionSettings.DEFAULTS, Long.MAX_VALUE);

    @AfterEach
    void close() {
        it.close();
    }

    @Test
    void refusesAudioThatComesBeforeTheSessionIsReady() {
        it.connect();
        it.chunk(3_200);
        assertThat(it.failure(InvalidSignalException.class)).hasMessageContaining("not been requested");
    }

    @Test
    void refusesACommitThatComesBeforeTheSessionIsReady() {
        it.connect();
        it.audio.next(AudioSignal.commit());
        it.settle();
        assertThat(it.failure(InvalidSignalException.class)).hasMessageContaining("not been requested");
    }

    /** Has memory for some buffers only. */
    private static final class Exhausted extends PooledByteBufAllocator {
        final List<ByteBuf> given = new ArrayList<>();
        private int left;

        Exhausted(int left) {
            super(false);
            this.left = left;
        }

        @Override
        protected ByteBuf newHeapBuffer(int initialCapacity, int maxCapacity) {
            return give(super.newHeapBuffer(initialCapacity, maxCapacity));
        }

        @Override
        protected ByteBuf newDirectBuffer(int initialCapacity, int maxCapacity) {
            return give(super.newDirectBuffer(initialCapacity, maxCapacity));
        }

        private ByteBuf give(ByteBuf buffer) {
            if (left-- == 0) {
                buffer.release();
                throw new AssertionError("no memory");
            }
            given.add(buffer);
            return buffer;
        }
    }

    @Test
    void failsAndReleasesWhenAudioCannotBeEncoded() {
        Exhausted memory = new Exhausted(Integer.MAX_VALUE);
        ClientSession session = new ClientSession(SessionOptions.defaults(), ClientSessionSettings.DEFAULTS);
        Recorder<Object> events = new Recorder<>(Long.MAX_VALUE);
        session.events().subscribe(events);
        ManualPublisher<AudioSignal> audio = new ManualPublisher<>();
        audio.subscribe(session.audio());
        EmbeddedChannel channel = new EmbeddedChannel();
        channel.config().setAllocator(memory);
        channel.pipeline().addLast(new WebSocket13FrameEncoder(true), session.handler());
        channel.writeInbound(new TextWebSocketFrame(ClientHarness.UPDATED));
        channel.runPendingTasks();
        memory.given.clear();
        memory.left = 1;
        audio.next(AudioSignal.chunk(ByteBuffer.allocate(2 * AppendSplitter.MAX_AUDIO_BYTES)));
        channel.runPendingTasks();
        assertThat(events.errors).singleElement().asString().contains("no memory");
        assertThat(audio.cancelled).isTrue();
        channel.finishAndReleaseAll();
        assertThat(memory.given)
                .isNotEmpty()
                .allSatisfy(b -> assertThat(b.refCnt()).isZero());
    }

    @Test
    void abandonsTheConnectionAttemptWhenTheAudioFails() {
        AtomicInteger abandoned = new AtomicInteger();
        it.session.onCancelWhileConnecting(abandoned::incrementAndGet);
        it.audio.error(new IllegalStateException("no such file"));
        assertThat(abandoned).hasValue(1);
    }
}
