package io.qwenasr.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AppendEncodingTest {

    private static final String PREFIX = "{\"type\":\"input_audio_buffer.append\",\"audio\":\"";

    private static String encode(String eventId, ByteBuffer audio, ByteBufAllocator alloc) {
        ByteBuf encoded = ClientEvents.encodeAppend(eventId, audio, alloc);
        assertThat(encoded.writableBytes()).isZero();
        return Samples.text(encoded);
    }

    @Test
    void base64IsTheJdksAtEveryLengthOffsetAndKindOfBuffer() {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        List<ByteBufAllocator> allocators = List.of(
                PooledByteBufAllocator.DEFAULT,
                new UnpooledByteBufAllocator(false),
                new UnpooledByteBufAllocator(true, false, true));
        for (int i = 0; i < 1_500; i++) {
            int length = i < 300 ? i : random.nextInt(6_000);
            int offset = random.nextInt(20);
            byte[] bytes = new byte[offset + length + random.nextInt(20)];
            random.nextBytes(bytes);
            ByteBuffer audio = random.nextBoolean()
                    ? ByteBuffer.wrap(bytes)
                    : ByteBuffer.allocateDirect(bytes.length).put(bytes);
            audio.limit(offset + length).position(offset);
            ByteBuffer given =
                    switch (random.nextInt(3)) {
                        case 0 -> audio;
                        case 1 -> audio.slice();
                        default -> audio.asReadOnlyBuffer();
                    };
            given.order(random.nextBoolean() ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
            ByteBuffer before = given.duplicate();
            byte[] expected = new byte[length];
            before.duplicate().get(expected);

            String json = encode(null, given, allocators.get(random.nextInt(3)));

            assertThat(json)
                    .as("seed %d, round %d", seed, i)
                    .isEqualTo(PREFIX + Base64.getEncoder().encodeToString(expected) + "\"}");
            assertThat(given.position()).isEqualTo(before.position());
            assertThat(given.limit()).isEqualTo(before.limit());
            assertThat(((ClientEvent.Append) Samples.client(json)).audio()).isEqualTo(ByteBuffer.wrap(expected));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"event_c0002", "", "a\"b\\c\n\u0001", "你好😀"})
    void theEventIdIsEscaped(String id) {
        String json = encode(id, ByteBuffer.wrap(new byte[] {0, 1, 2}), PooledByteBufAllocator.DEFAULT);
        assertThat(Samples.tree(json))
                .isEqualTo(Samples.MAPPER
                        .createObjectNode()
                        .put("event_id", id)
                        .put("type", "input_audio_buffer.append")
                        .put("audio", "AAEC"));
    }

    @Test
    void anEventGivesItsAudioAgainAndAgain() {
        ByteBuffer given = ByteBuffer.wrap(new byte[] {1, 2, 3});
        ClientEvent.Append event = new ClientEvent.Append(null, given, Extras.NONE);
        given.get();
        event.audio().get();
        assertThat(event.audio()).isEqualTo(ByteBuffer.wrap(new byte[] {1, 2, 3}));
        assertThat(event.audio().isReadOnly()).isTrue();
        assertThat(event).hasToString("Append[eventId=null, audio=3 bytes, extras=Extras[members={}]]");
    }

    @Test
    void extrasCannotReplaceAMemberAndNothingLeaks() {
        UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(false);
        ClientEvent event =
                new ClientEvent.Append(null, ByteBuffer.allocate(3), new Extras(Map.of("audio", "\"BBBB\"")));
        assertThatIllegalArgumentException().isThrownBy(() -> ClientEvents.encode(event, alloc));
        assertThat(alloc.metric().usedHeapMemory()).isZero();
    }
}
