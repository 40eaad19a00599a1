package io.qwenasr.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read without the JSON parser is what the parser reads; whatever else comes, is refused in its words. */
class PlainEventsTest {

    /** More by -Dfuzz.factor. */
    private static final int ROUNDS = 15_000 * Integer.getInteger("fuzz.factor", 1);

    private static final List<String> SPACES =
            List.of("", "", "", "", " ", "\n  ", "\t", "\r\n", "\f", "\u00a0", "/**/");
    private static final List<String> TEXTS = List.of(
            "",
            "i",
            "zh",
            "neutral",
            "event_Qq3Rr4Ss5Tt6Uu7Vv8Ww9",
            "我们把季度预算再过一遍。",
            "naïve 😀 ",
            "a\u007fb",
            "a line\\nand \\\"more\\\" \\\\ \\/ \\b\\f\\r\\t",
            "\\u4f60\\uD83D\\ude00\\u003D",
            "\\ud83d",
            "\ufffd",
            "\\ufffd",
            "\\u00g0",
            "\\x",
            "\\u12",
            "tab\there",
            "zero\u0000byte");
    private static final List<String> NUMBERS = List.of(
            "0",
            "7",
            "640",
            "2147483647",
            "2147483648",
            "999999999999999999",
            "1000000000000000000",
            "99999999999999999999",
            "-1",
            "-0",
            "00",
            "01",
            "1.0",
            "6.4e2",
            "1e400",
            "0x1",
            "+1",
            "5a");
    private static final List<String> OTHERS =
            List.of("null", "nul", "nulll", "true", "false", "{}", "[]", "{\"a\":[1]}", "[\"zh\"]", "NaN", "");

    private record Outcome(Object event, String message, String param, String eventId) {}

    private static Outcome of(Function<ByteBuf, ?> decoder, ByteBuf json) {
        try {
            return new Outcome(decoder.apply(json), null, null, null);
        } catch (MalformedEventException refused) {
            return new Outcome(null, refused.getMessage(), refused.param(), refused.eventId());
        }
    }

    private static <T> T any(List<T> of, Random random) {
        return of.get(random.nextInt(of.size()));
    }

    private static String text(Random random) {
        return '"' + any(TEXTS, random) + '"';
    }

    private static String value(String name, Random random) {
        if (random.nextInt(12) == 0) {
            return switch (random.nextInt(3)) {
                case 0 -> text(random);
                case 1 -> any(NUMBERS, random);
                default -> any(OTHERS, random);
            };
        }
        return switch (name) {
            case "content_index", "audio_start_ms", "audio_end_ms" -> NUMBERS.get(random.nextInt(4));
            case "error" -> "{\"code\":\"c\"}";
            case "item" -> "{\"id\":\"i\"}";
            case "session" -> "{\"id\":\"s\"}";
            default -> '"' + TEXTS.get(1 + random.nextInt(9)) + '"';
        };
    }

    private static byte[] object(List<String> members, Random random) {
        Collections.shuffle(members, random);
        StringBuilder json = new StringBuilder();
        String separator = "{";
        for (String member : members) {
            json.append(space(random)).append(separator).append(space(random)).append(member);
            separator = ",";
        }
        return damaged(
                json.append(space(random)).append('}').append(space(random)).toString(), random);
    }

    private static String space(Random random) {
        return random.nextInt(8) > 0 ? "" : any(SPACES, random);
    }

    private static String member(String name, String value, Random random) {
        return '"' + name + '"' + space(random) + ':' + space(random) + value;
    }

    private static byte[] damaged(String json, Random random) {
        byte[] bytes = json.getBytes(UTF_8);
        int at = random.nextInt(bytes.length);
        return switch (random.nextInt(10)) {
            case 0 -> {
                bytes[at] = (byte) random.nextInt(256);
                yield bytes;
            }
            case 1 ->
                (json.substring(0, at % json.length()) + any(TEXTS, random) + json.substring(at % json.length()))
                        .getBytes(UTF_8);
            case 2 -> json.substring(0, at % json.length()).getBytes(UTF_8);
            default -> bytes;
        };
    }

    private static byte[] serverEvent(Random random) {
        List<String> members = new ArrayList<>();
        List<String> types = new ArrayList<>(ServerEventReader.KNOWN.keySet());
        Collections.sort(types);
        String type = random.nextInt(20) == 0 ? "response.created" : any(types, random);
        members.add(member("type", random.nextInt(30) == 0 ? value("type", random) : '"' + type + '"', random));
        if (random.nextInt(4) > 0) {
            members.add(member("event_id", value("event_id", random), random));
        }
        List<String> names = new ArrayList<>(ServerEventReader.KNOWN.getOrDefault(type, Set.of()));
        Collections.sort(names);
        for (String name : names) {
            if (random.nextInt(12) > 0) {
                members.add(member(name, value(name, random), random));
            }
        }
        if (random.nextInt(8) == 0) {
            String name = any(
                    List.of("x", "stash", "text", "audio_end_ms", "item_id", "type", "typ\\u0065", "", "事"), random);
            members.add(member(name, value(name, random), random));
        }
        return object(members, random);
    }

    private static byte[] append(Random random) {
        byte[] audio = new byte[random.nextInt(3) == 0 ? random.nextInt(5_000) : random.nextInt(50)];
        random.nextBytes(audio);
        String base64 = Base64.getEncoder().encodeToString(audio);
        switch (random.nextInt(8)) {
            case 0 -> base64 = base64.replace("=", "\\u003d");
            case 1 -> base64 = base64.replace("=", "\\u003D").replace("/", "\\/");
            case 2 -> base64 = base64.replace("=", "");
            case 3 -> base64 = base64 + any(List.of("=", "==", "\\u003d", "\\\\u003d", "AAAA", " ", "\\n"), random);
            default -> {}
        }
        List<String> members = new ArrayList<>();
        members.add(member("type", random.nextInt(20) == 0 ? text(random) : "\"input_audio_buffer.append\"", random));
        members.add(member("audio", random.nextInt(20) == 0 ? value("audio", random) : '"' + base64 + '"', random));
        if (random.nextInt(4) > 0) {
            members.add(member("event_id", value("event_id", random), random));
        }
        if (random.nextInt(8) == 0) {
            members.add(member(any(List.of("x", "type", "audio", "audi\\u006f"), random), text(random), random));
        }
        return object(members, random);
    }

    private static void compare(
            Function<Random, byte[]> generator, Function<ByteBuf, ?> decoder, Function<ByteBuf, ?> byParser) {
        long seed = Long.getLong("fuzz.seed", new Random().nextLong());
        Random random = new Random(seed);
        int decoded = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] json = generator.apply(random);
            List<ByteBuf> kinds = Samples.everyKind(json);
            ByteBuf buffer = any(kinds, random);
            int reader = buffer.readerIndex();
            int writer = buffer.writerIndex();
            Outcome outcome = of(decoder, buffer);
            assertThat(outcome)
                    .as("seed %d, round %d: %s", seed, i, new String(json, UTF_8))
                    .isEqualTo(of(byParser, buffer));
            assertThat(buffer.readerIndex()).isEqualTo(reader);
            assertThat(buffer.writerIndex()).isEqualTo(writer);
            decoded += outcome.event() == null ? 0 : 1;
            kinds.forEach(ByteBuf::release);
        }
        assertThat(decoded).as("seed %d", seed).isBetween(ROUNDS / 4, ROUNDS * 9 / 10);
    }

    @Test
    void serverEventsAreWhatTheParserReads() {
        compare(
                PlainEventsTest::serverEvent,
                ServerEvents::decode,
                json -> EventReader.decode(json, null, ServerEventReader::read));
    }

    @Test
    void withoutTheirIdsTheyAreToo() {
        compare(
                PlainEventsTest::serverEvent,
                ServerEvents::decodeWithoutId,
                json -> EventReader.decode(json, null, ServerEventReader::readWithoutId));
    }

    @ParameterizedTest
    @MethodSource("samples")
    void nothingButTheIdIsLeftOut(String json) {
        ByteBuf buffer = Unpooled.copiedBuffer(json, UTF_8);
        ServerEvent event = ServerEvents.decode(buffer);
        ServerEvent without = ServerEvents.decodeWithoutId(buffer);
        assertThat(without.eventId()).isNull();
        assertThat(without).usingRecursiveComparison().ignoringFields("eventId").isEqualTo(event);
        assertThat(ServerEvents.isText(buffer)).isEqualTo(event instanceof ServerEvent.Text);
        buffer.release();
    }

    static Stream<String> samples() {
        return Stream.concat(
                Samples.files("events").stream()
                        .filter(file -> file.getFileName().toString().startsWith("server."))
                        .map(Samples::read),
                Stream.of("{\"event_id\":\"event_1\",\"type\":\"x.unknown\",\"x\":1}"));
    }

    @Test
    void whatIsCalledATextIsOne() {
        long seed = Long.getLong("fuzz.seed", new Random().nextLong());
        Random random = new Random(seed);
        int texts = 0;
        for (int i = 0; i < ROUNDS; i++) {
            byte[] json = serverEvent(random);
            for (ByteBuf buffer : Samples.everyKind(json)) {
                if (ServerEvents.isText(buffer)) {
                    texts++;
                    Object event = of(ServerEvents::decode, buffer).event();
                    assertThat(event == null || event instanceof ServerEvent.Text)
                            .as("seed %d, round %d: %s", seed, i, new String(json, UTF_8))
                            .isTrue();
                }
                buffer.release();
            }
        }
        assertThat(texts).as("seed %d", seed).isPositive();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '`',
            value = {
                "{\"type\":\"%s\"; true",
                "{ \"event_id\" : null , \"type\" : \"%s\" , \"text\": nonsense; true",
                "{\"event_id\":\"event_Qq3Rr4Ss5Tt6Uu7Vv8Ww9\",\"type\":\"%s\",\"item_id\":\"i\"}; true",
                "{\"type\":\"%s.more\"}; false",
                "{\"event_id\":\"\\u0065\",\"type\":\"%s\"}; false",
                "{\"item_id\":\"i\",\"type\":\"%s\"}; false",
                "{\"x\":1,\"type\":\"%s\"}; false",
                "{\"type\":\"session.finished\"}; false",
                "[\"type\",\"%s\"]; false",
                "; false"
            })
    void looksForTheTypeWhereItUsuallyIs(String json, boolean text) {
        String whole = json == null ? "" : String.format(json, ServerEvent.Text.TYPE);
        for (ByteBuf buffer : Samples.everyKind(whole.getBytes(UTF_8))) {
            assertThat(ServerEvents.isText(buffer)).isEqualTo(text);
            buffer.release();
        }
    }

    @Test
    void appendsAreWhatTheParserReads() {
        compare(
                PlainEventsTest::append,
                ClientEvents::decode,
                json -> EventReader.decode(json, null, ReadLimits.OF_CLIENTS, ClientEventReader::read));
    }

    @Test
    void aLargeEventIsReadAsWell() {
        String text = "你".repeat(10_000);
        String json = "{\"type\":\"conversation.item.input_audio_transcription.completed\",\"item_id\":\"i\","
                + "\"transcript\":\"" + text + "\"}";
        assertThat(Samples.server(json))
                .isEqualTo(new ServerEvent.Completed(null, "i", 0, null, null, text, Extras.NONE));
    }
}
