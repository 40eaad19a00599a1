package io.qwenasr.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Damaged samples: they decode, or they are refused in the one way that is documented. */
class MutatedSamplesTest {

    /** More by -Dfuzz.factor. */
    private static final int ROUNDS = 100_000 * Integer.getInteger("fuzz.factor", 1);

    private static final List<String> SPLICES = List.of(
            "null",
            "{}",
            "[]",
            "\"\"",
            "-1e999",
            "1.0",
            "\\u003d",
            "\\ud83d",
            "\",\"type\":\"error",
            "[[[[",
            "}}",
            ",\"item_id\":",
            "\u0000",
            "true",
            "\"x\":{\"y\":[0]},",
            "你",
            "99999999999999999999",
            "\"",
            "\\");

    @Test
    void onlyMalformedEventExceptionsComeOut() {
        long seed = Long.getLong("fuzz.seed", new Random().nextLong());
        Random random = new Random(seed);
        UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(false);
        List<byte[]> samples = Samples.files("events").stream()
                .map(file -> Samples.read(file).getBytes(UTF_8))
                .toList();
        int decoded = 0;
        int refused = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] json = samples.get(random.nextInt(samples.size()));
            for (int n = 1 + random.nextInt(3); n > 0; n--) {
                json = mutate(json, random);
            }
            List<ByteBuf> kinds = Samples.everyKind(json);
            ByteBuf buffer = kinds.get(random.nextInt(kinds.size()));
            try {
                if (random.nextBoolean()) {
                    ClientEvent event = ClientEvents.decode(buffer);
                    ByteBuf again = ClientEvents.encode(event, alloc);
                    assertThat(ClientEvents.decode(again)).isEqualTo(event);
                    again.release();
                } else {
                    ServerEvent event = ServerEvents.decode(buffer);
                    ByteBuf again = ServerEvents.encode(event, alloc);
                    assertThat(ServerEvents.decode(again)).isEqualTo(event);
                    again.release();
                }
                decoded++;
            } catch (MalformedEventException malformed) {
                assertThat(malformed.getMessage())
                        .as("seed %d, round %d", seed, i)
                        .isNotBlank()
                        .hasSizeLessThan(300);
                refused++;
            } catch (Throwable other) {
                throw new AssertionError("seed " + seed + ", round " + i + ": " + new String(json, UTF_8), other);
            }
            assertThat(buffer.refCnt()).isEqualTo(1);
            kinds.forEach(ByteBuf::release);
        }
        assertThat(decoded).as("seed %d", seed).isGreaterThan(ROUNDS / 20);
        assertThat(refused).as("seed %d", seed).isGreaterThan(ROUNDS / 20);
        assertThat(alloc.metric().usedHeapMemory()).isZero();
        assertThat(alloc.metric().usedDirectMemory()).isZero();
    }

    private static byte[] mutate(byte[] json, Random random) {
        if (json.length == 0) {
            return new byte[] {'{'};
        }
        int at = random.nextInt(json.length);
        int to = Math.min(json.length, at + 1 + random.nextInt(12));
        return switch (random.nextInt(6)) {
            case 0 -> {
                byte[] changed = json.clone();
                changed[at] = (byte) random.nextInt(256);
                yield changed;
            }
            case 1 -> Arrays.copyOf(json, at);
            case 2 -> join(json, at, new byte[0], to);
            case 3 -> join(json, at, Arrays.copyOfRange(json, at, to), at);
            case 4 -> {
                byte[] splice = SPLICES.get(random.nextInt(SPLICES.size())).getBytes(UTF_8);
                yield join(json, at, splice, random.nextBoolean() ? at : to);
            }
            default -> value(json, random);
        };
    }

    /** Puts another value behind a colon, so that much stays well-formed. */
    private static byte[] value(byte[] json, Random random) {
        String text = new String(json, UTF_8);
        String[] values = {"null", "5", "-0.5", "{}", "[]", "\"\"", "\"s\"", "true", "{\"a\":null}", "640.0"};
        int colon = text.indexOf(": ", random.nextInt(Math.max(1, text.length())));
        if (colon < 0) {
            return json;
        }
        int end = colon + 2;
        while (end < text.length() && ",\n}".indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return (text.substring(0, colon + 2) + values[random.nextInt(values.length)] + text.substring(end))
                .getBytes(UTF_8);
    }

    private static byte[] join(byte[] json, int head, byte[] middle, int tail) {
        byte[] joined = Arrays.copyOf(json, head + middle.length + json.length - tail);
        System.arraycopy(middle, 0, joined, head, middle.length);
        System.arraycopy(json, tail, joined, head + middle.length, json.length - tail);
        return joined;
    }
}
