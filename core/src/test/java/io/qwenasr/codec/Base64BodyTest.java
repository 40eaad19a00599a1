package io.qwenasr.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Base64BodyTest {

    private static final int ROUNDS = 20_000;

    /** The range somewhere in a buffer, heap or direct, as it is read; null if it is refused. */
    private static ByteBuffer read(byte[] text, boolean inChunks, Random random) {
        int before = random.nextInt(9);
        ByteBuffer buffer = random.nextBoolean()
                ? ByteBuffer.allocate(before + text.length + 5)
                : ByteBuffer.allocateDirect(before + text.length + 5);
        buffer.put(before, text);
        int to = before + text.length;
        int padding = 0;
        while (padding < 3 && to > before && buffer.get(to - 1) == '=') {
            to--;
            padding++;
        }
        try {
            return Base64Body.decode(buffer, before, to, padding, inChunks);
        } catch (IllegalArgumentException refused) {
            return null;
        }
    }

    /** The JDK's, but strict about padding. */
    private static ByteBuffer expected(byte[] text) {
        try {
            return text.length % 4 == 0 ? ByteBuffer.wrap(Base64.getDecoder().decode(text)) : null;
        } catch (IllegalArgumentException refused) {
            return null;
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void everythingIsReadAndRefusedAsByTheJdk(boolean inChunks) {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        int refused = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] bytes = new byte[random.nextInt(4) == 0 ? random.nextInt(3_000) : random.nextInt(40)];
            random.nextBytes(bytes);
            byte[] text = Base64.getEncoder().encode(bytes);
            for (int n = text.length == 0 ? 0 : random.nextInt(3); n > 0; n--) {
                text[random.nextInt(text.length)] = (byte)
                        (random.nextBoolean() ? "=-_A+/ \n\"\\".charAt(random.nextInt(10)) : random.nextInt(256));
            }
            ByteBuffer expected = expected(text);
            assertThat(read(text, inChunks, random))
                    .as("seed %d, round %d: %s", seed, i, new String(text, ISO_8859_1))
                    .isEqualTo(expected);
            refused += expected == null ? 1 : 0;
        }
        assertThat(refused).as("seed %d", seed).isBetween(ROUNDS / 4, ROUNDS * 3 / 4);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anyWrongByteAnywhereIsRefused(boolean inChunks) {
        Random random = new Random(1);
        byte[] good = Base64.getEncoder().encode(new byte[1_000]);
        for (int at = 0; at < good.length - 2; at++) {
            byte[] text = good.clone();
            text[at] = (byte) (128 + random.nextInt(128));
            assertThat(read(text, inChunks, random)).as("byte %d", at).isNull();
        }
    }
}
