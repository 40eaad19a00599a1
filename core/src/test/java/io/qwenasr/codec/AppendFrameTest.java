package io.qwenasr.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Appends as whole frames, read by Netty's own frame decoder. */
class AppendFrameTest {

    private static final SecureRandom RANDOM = new SecureRandom();

    private final AppendEncoder encoder = new AppendEncoder("event_a", RANDOM);

    private static String text(ByteBuf wire) {
        EmbeddedChannel decoder = new EmbeddedChannel(new WebSocket13FrameDecoder(WebSocketDecoderConfig.newBuilder()
                .expectMaskedFrames(true)
                .allowMaskMismatch(false)
                .maxFramePayloadLength(1 << 20)
                .build()));
        decoder.writeInbound(wire);
        TextWebSocketFrame frame = decoder.readInbound();
        assertThat(frame.isFinalFragment()).isTrue();
        assertThat(frame.rsv()).isZero();
        String text = frame.text();
        frame.release();
        decoder.finishAndReleaseAll();
        return text;
    }

    @Test
    void isOneFrameWithTheEventInIt() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<ByteBufAllocator> allocators = List.of(
                PooledByteBufAllocator.DEFAULT,
                new UnpooledByteBufAllocator(false),
                new UnpooledByteBufAllocator(true, false, true));
        for (int i = 1; i <= 1_500; i++) {
            int length = i < 400 ? i - 1 : i < 1_450 ? random.nextInt(6_000) : random.nextInt(144_000);
            byte[] bytes = new byte[length + 5];
            random.nextBytes(bytes);
            ByteBuffer audio = random.nextBoolean()
                    ? ByteBuffer.wrap(bytes)
                    : ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
            audio.position(3).limit(3 + length);
            audio.order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            ByteBuf wire = encoder.frame(
                    random.nextBoolean() ? audio : audio.asReadOnlyBuffer().order(audio.order()),
                    allocators.get(i % 3));
            assertThat(wire.writableBytes()).as("seed %d, round %d", seed, i).isZero();
            byte[] expected = java.util.Arrays.copyOfRange(bytes, 3, 3 + length);
            assertThat(text(wire))
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo("{\"event_id\":\"event_a" + i
                            + "\",\"type\":\"input_audio_buffer.append\",\"audio\":\""
                            + Base64.getEncoder().encodeToString(expected) + "\"}");
            assertThat(audio.position()).isEqualTo(3);
            assertThat(audio.limit()).isEqualTo(3 + length);
        }
    }

    /** One of the two is not what this Java version chooses. */
    @Test
    void bothWaysToBase64AreTheJdks() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<Base64Text.Blocks> ways = List.of(new Base64Text.JdkBlocks(), Base64Text::encode);
        for (int i = 0; i < 600; i++) {
            byte[] bytes = new byte[i < 100 ? i : random.nextInt(5_000)];
            random.nextBytes(bytes);
            int half = random.nextInt();
            long mask = (long) half << 32 | (half & 0xffffffffL);
            byte[] expected = Base64.getEncoder().encode(bytes);
            for (int at = 0; at < expected.length; at++) {
                expected[at] ^= (byte) (mask >>> (56 - 8 * (at & 7)));
            }
            for (Base64Text.Blocks way : ways) {
                ByteBuf out = PooledByteBufAllocator.DEFAULT.buffer(expected.length);
                way.encode(ByteBuffer.wrap(bytes), 0, bytes.length, out, mask);
                byte[] got = new byte[out.readableBytes()];
                out.readBytes(got);
                out.release();
                assertThat(got).as("seed %d, round %d", seed, i).isEqualTo(expected);
            }
        }
    }

    @Test
    void keysAreNeitherRepeatedNorZero() {
        Set<Integer> keys = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            ByteBuf wire = encoder.frame(ByteBuffer.allocate(2), PooledByteBufAllocator.DEFAULT);
            keys.add(wire.getInt(2));
            wire.release();
        }
        assertThat(keys).hasSizeGreaterThan(9_990).doesNotContain(0);
        SecureRandom zeroFirst = new SecureRandom() {
            private boolean asked;

            @Override
            public void nextBytes(byte[] bytes) {
                java.util.Arrays.fill(bytes, (byte) (asked ? 7 : 0));
                asked = true;
            }
        };
        assertThat(new MaskKeys(zeroFirst).next()).isEqualTo(0x07070707);
    }

    @Test
    void refusesIdsThatWouldHaveToBeEscaped() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new AppendEncoder("a\"b", RANDOM))
                .withMessageContaining("letters");
    }

    @Test
    void nothingOfTheAudioShowsUnmasked() {
        ByteBuf wire = encoder.frame(ByteBuffer.allocate(300), PooledByteBufAllocator.DEFAULT);
        assertThat(wire.toString(StandardCharsets.ISO_8859_1))
                .doesNotContain("AAAAAAAA")
                .doesNotContain("event_id");
        wire.release();
    }
}
