package io.qwenasr.codec;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_16BE;
import static java.nio.charset.StandardCharsets.UTF_16LE;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class MalformedEventTest {

    private static final String TEXT = "conversation.item.input_audio_transcription.text";
    private static final String COMPLETED = "conversation.item.input_audio_transcription.completed";
    private static final String FAILED = "conversation.item.input_audio_transcription.failed";

    private static MalformedEventException refused(byte[] json) {
        MalformedEventException first = null;
        for (ByteBuf buffer : Samples.everyKind(json)) {
            MalformedEventException asClient =
                    catchThrowableOfType(MalformedEventException.class, () -> ClientEvents.decode(buffer));
            MalformedEventException asServer =
                    catchThrowableOfType(MalformedEventException.class, () -> ServerEvents.decode(buffer));
            assertThat(buffer.refCnt()).isEqualTo(1);
            buffer.release();
            MalformedEventException refused = asClient == null ? asServer : asClient;
            assertThat(refused).as(new String(json, UTF_8)).isNotNull();
            assertThat(refused.getMessage()).hasSizeLessThan(300);
            if (first == null) {
                first = refused;
            }
            assertThat(refused).hasMessage(first.getMessage());
        }
        return Objects.requireNonNull(first);
    }

    private static MalformedEventException refused(String json) {
        return refused(json.getBytes(UTF_8));
    }

    private static byte[] utf8(String before, int... bytes) {
        ByteArrayOutputStream json = new ByteArrayOutputStream();
        json.writeBytes(before.getBytes(UTF_8));
        for (int b : bytes) {
            json.write(b);
        }
        json.writeBytes("\"}".getBytes(UTF_8));
        return json.toByteArray();
    }

    static Stream<Arguments> malformedUtf8() {
        return Stream.of(
                Arguments.of("stray continuation", new int[] {0x80}),
                Arguments.of("overlong slash", new int[] {0xc0, 0xaf}),
                Arguments.of("overlong three", new int[] {0xe0, 0x80, 0xaf}),
                Arguments.of("surrogate", new int[] {0xed, 0xa0, 0x80}),
                Arguments.of("beyond Unicode", new int[] {0xf4, 0x90, 0x80, 0x80}),
                Arguments.of("truncated", new int[] {0xe4, 0xbd}),
                Arguments.of("never a byte", new int[] {0xff}));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformedUtf8")
    void malformedUtf8IsRefusedWhereverItIs(String what, int[] bytes) {
        String known = "{\"type\":\"" + TEXT + "\",\"item_id\":\"i\",\"text\":\"你好";
        assertThat(refused(utf8(known, bytes))).hasMessage("not UTF-8 at byte " + known.getBytes(UTF_8).length);
        String unknown = "{\"type\":\"new\",\"x\":\"";
        assertThat(refused(utf8(unknown, bytes))).hasMessage("not UTF-8 at byte " + unknown.length());
    }

    @Test
    void aLateEncodingErrorIsLocated() {
        String start = "{\"type\":\"" + TEXT + "\",\"item_id\":\"i\",\"text\":\"" + "你".repeat(5000);
        assertThat(refused(utf8(start, 0xff))).hasMessage("not UTF-8 at byte " + start.getBytes(UTF_8).length);
    }

    @Test
    void otherEncodingsAreNotGuessed() {
        String finish = "{\"type\":\"session.finish\"}";
        for (Charset charset : List.of(UTF_16LE, UTF_16BE, Charset.forName("UTF-32BE"), Charset.forName("UTF-32LE"))) {
            refused(finish.getBytes(charset));
            refused((" " + finish).getBytes(charset));
        }
        refused("\ufeff" + finish);
        refused("{\"type\":\"é\"}".getBytes(ISO_8859_1));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\n\t", "[]", "1", "\"type\"", "null", "true", "[{\"type\":\"error\"}]", "hello"})
    void onlyAnObjectIsAnEvent(String json) {
        assertThat(refused(json)).hasMessageStartingWith("an event must be a JSON object");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "{\"type\"",
                "{\"type\":",
                "{\"type\":\"session.finish",
                "{\"type\":\"session.finish\"",
                "{\"type\":\"session.finish\",}",
                "{\"type\":\"session.finish\"}}",
                "{\"type\":\"session.finish\"} x",
                "{\"type\":\"session.finish\"}{\"type\":\"session.finish\"}",
                "{\"type\":\"session.finish\"},",
                "{\"type\":\"session.finish\",\"a\":01}",
                "{\"type\":\"session.finish\",\"a\":+1}",
                "{\"type\":\"session.finish\",\"a\":NaN}",
                "{\"type\":\"session.finish\",\"a\":'b'}",
                "{\"type\":\"session.finish\",\"a\":\"\\x\"}",
                "{\"type\":\"session.finish\",\"a\":\"\\u00g0\"}",
                "{\"type\":\"session.finish\",\"a\":\"line\nbreak\"}",
                "{\"type\":\"session.finish\",\"a\":[1,]}",
                "{\"type\":\"session.finish\",\"a\":tru}",
                "{type:\"session.finish\"}",
                "{\"type\":\"session.finish\"/**/}",
                "{\"type\":\"new\",\"a\":}"
            })
    void jsonMustBeWellFormed(String json) {
        assertThat(refused(json)).hasMessageMatching("(?s)not well-formed JSON at byte \\d+.*");
        assertThat(refused(json).param()).isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"session.finish\",\"type\":\"session.finish\"}",
                "{\"type\":\"session.finish\",\"x\":1,\"x\":1}",
                "{\"type\":\"session.finish\",\"x\":{\"y\":1,\"\\u0079\":1}}",
                "{\"type\":\"session.update\",\"session\":{\"turn_detection\":null,\"turn_detection\":null}}",
                "{\"type\":\"new\",\"x\":1,\"x\":1}"
            })
    void duplicatedMembersAreRefused(String json) {
        assertThat(refused(json)).hasMessageContaining("Duplicate");
    }

    @Test
    void nestingIsBounded() {
        refused("{\"type\":\"session.finish\",\"x\":" + "[".repeat(64) + "]".repeat(64) + "}");
        refused("{\"type\":\"new\",\"x\":" + "{\"a\":".repeat(200_000));
        assertThat(Samples.client("{\"type\":\"session.finish\",\"x\":" + "[".repeat(63) + "]".repeat(63) + "}")
                        .extras()
                        .members())
                .containsKey("x");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{} | type",
                "{\"event_id\":\"e\"} | type",
                "{\"type\":null} | type",
                "{\"type\":\"\"} | type",
                "{\"type\":5} | type",
                "{\"type\":[\"session.finish\"]} | type",
                "{\"type\":{}} | type",
                "{\"type\":\"input_audio_buffer.append\"} | audio",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":null} | audio",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":5} | audio",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":[\"AAAA\"]} | audio",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"AAA\"} | audio",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"AAE\"} | audio",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"A===\"} | audio",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"AA=A\"} | audio",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"AA==AAAA\"} | audio",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"AA A\"} | audio",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"AA-_\"} | audio",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"AA\\n=\"} | audio",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"AA\\u4f60=\"} | audio",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"ééAA\"} | audio",
                "{\"type\":\"session.update\"} | session",
                "{\"type\":\"session.update\",\"session\":null} | session",
                "{\"type\":\"session.update\",\"session\":[]} | session",
                "{\"type\":\"session.created\"} | session",
                "{\"type\":\"session.updated\",\"session\":\"s\"} | session",
                "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":1} | item_id",
                "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":1,\"item_id\":null} | item_id",
                "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":1,\"item_id\":\"\"} | item_id",
                "{\"type\":\"input_audio_buffer.speech_started\",\"audio_start_ms\":1,\"item_id\":7} | item_id",
                "{\"type\":\"input_audio_buffer.speech_started\",\"item_id\":\"i\"} | audio_start_ms",
                "{\"type\":\"input_audio_buffer.speech_stopped\",\"item_id\":\"i\"} | audio_end_ms",
                "{\"type\":\"input_audio_buffer.committed\"} | item_id",
                "{\"type\":\"conversation.item.created\"} | item",
                "{\"type\":\"conversation.item.created\",\"item\":null} | item",
                "{\"type\":\"conversation.item.created\",\"item\":{}} | item.id",
                "{\"type\":\"conversation.item.created\",\"item\":{\"id\":1}} | item.id",
                "{\"type\":\"" + TEXT + "\"} | item_id",
                "{\"type\":\"" + TEXT + "\",\"item_id\":\"i\",\"text\":5} | text",
                "{\"type\":\"" + TEXT + "\",\"item_id\":\"i\",\"stash\":{}} | stash",
                "{\"type\":\"" + TEXT + "\",\"item_id\":\"i\",\"content_index\":\"0\"} | content_index",
                "{\"type\":\"" + COMPLETED + "\",\"transcript\":\"t\"} | item_id",
                "{\"type\":\"" + COMPLETED + "\",\"item_id\":\"i\"} | transcript",
                "{\"type\":\"" + FAILED + "\",\"item_id\":\"i\"} | error",
                "{\"type\":\"error\"} | error",
                "{\"type\":\"error\",\"error\":\"boom\"} | error"
            })
    void aMemberMissingOrOfAnotherTypeIsNamed(String json, String param) {
        MalformedEventException refused = refused(json);
        assertThat(refused.param()).isEqualTo(param);
        assertThat(refused).hasMessageStartingWith(param + " ");
        assertThat(refused.eventId()).isEqualTo(json.contains("event_id") ? "e" : null);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{\"id\":5} | session.id",
                "{\"model\":{}} | session.model",
                "{\"modalities\":\"text\"} | session.modalities",
                "{\"modalities\":[\"text\",5]} | session.modalities[1]",
                "{\"modalities\":[[]]} | session.modalities[0]",
                "{\"input_audio_format\":1} | session.input_audio_format",
                "{\"sample_rate\":\"16000\"} | session.sample_rate",
                "{\"sample_rate\":16000.5} | session.sample_rate",
                "{\"sample_rate\":1e400} | session.sample_rate",
                "{\"sample_rate\":3000000000} | session.sample_rate",
                "{\"sample_rate\":99999999999999999999} | session.sample_rate",
                "{\"input_audio_transcription\":\"en\"} | session.input_audio_transcription",
                "{\"input_audio_transcription\":{\"language\":5}} | session.input_audio_transcription.language",
                "{\"input_audio_transcription\":{\"corpus\":\"t\"}} | session.input_audio_transcription.corpus",
                "{\"input_audio_transcription\":{\"corpus\":{\"text\":[]}}} | session.input_audio_transcription.corpus.text",
                "{\"turn_detection\":\"server_vad\"} | session.turn_detection",
                "{\"turn_detection\":{}} | session.turn_detection.type",
                "{\"turn_detection\":{\"type\":null}} | session.turn_detection.type",
                "{\"turn_detection\":{\"type\":\"server_vad\",\"threshold\":\"high\"}} | session.turn_detection.threshold",
                "{\"turn_detection\":{\"type\":\"server_vad\",\"threshold\":1e999}} | session.turn_detection.threshold",
                "{\"turn_detection\":{\"type\":\"server_vad\",\"silence_duration_ms\":true}} | session.turn_detection.silence_duration_ms",
                "{\"turn_detection\":{\"type\":\"server_vad\",\"silence_duration_ms\":400.5}} | session.turn_detection.silence_duration_ms",
                "{\"turn_detection\":{\"type\":\"server_vad\",\"prefix_padding_ms\":[]}} | session.turn_detection.prefix_padding_ms"
            })
    void aConfigurationOfAnotherTypeIsNamedInFull(String session, String param) {
        MalformedEventException refused =
                refused("{\"session\":" + session + ",\"event_id\":\"late\",\"type\":\"session.update\"}");
        assertThat(refused.param()).isEqualTo(param);
        assertThat(refused).hasMessageStartingWith(param + " ");
        assertThat(refused.eventId()).isEqualTo("late");
    }

    @Test
    void theMessageSaysWhatWasExpectedAndWhatCame() {
        assertThat(refused("{\"type\":\"session.update\",\"session\":{\"turn_detection\":{\"type\":\"server_vad\","
                        + "\"threshold\":\"high\"}}}"))
                .hasMessage("session.turn_detection.threshold must be a number, not \"high\"");
        assertThat(refused("{\"type\":\"input_audio_buffer.append\",\"audio\":\"AA-A\"}"))
                .hasMessage("audio must be standard padded base64");
    }

    @Test
    void theEventIdIsFoundAheadOfASyntaxError() {
        assertThat(refused("{\"event_id\":\"e7\",\"type\":\"session.finish\",").eventId())
                .isEqualTo("e7");
        assertThat(refused("{\"type\":\"session.finish\",,\"event_id\":\"e7\"}").eventId())
                .isNull();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"%s*\"}",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"%s\\u002a\"}",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":%s}",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"%s",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":t%s}",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"%s\\q\"}",
                "{\"audio\":t%s,\"type\":\"input_audio_buffer.append\"}"
            })
    void noMessageHoldsAudio(String json) {
        String audio = "UXdlbkF1ZGlv".repeat(50);
        assertThat(refused(json.formatted(audio)).getMessage())
                .doesNotContain("UXdlb")
                .doesNotContain("dlbk");
    }

    @Test
    void excerptsAreShort() {
        String longText = "x".repeat(100_000);
        assertThat(refused("{\"type\":\"session.update\",\"session\":{\"sample_rate\":\"" + longText + "\"}}"))
                .hasMessageMatching("session.sample_rate must be an integer, not \"x{59}…");
        refused("{\"type\":\"session.finish\",\"a\":" + longText + "}");
        refused("{\"type\":\"session.finish\",\"" + "y".repeat(40_000) + "\":" + longText + "}");
        refused("{\"type\":\"session.finish\",\"" + longText + "\":1}");
        refused("{\"type\":{\"" + longText + "\":1}}");
    }
}
