package io.qwenasr.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a client may ask a server to read and keep. */
class ClientEventLimitsTest {

    private static final int MAX_CONTROL_BYTES = 256 << 10;
    private static final int MAX_EXTRAS = 128;

    private static String members(int n) {
        return IntStream.range(0, n).mapToObj(i -> "\"x" + i + "\":0").collect(Collectors.joining(","));
    }

    private static String update(String session) {
        return "{\"event_id\":\"e7\",\"type\":\"session.update\",\"session\":{" + session + "}}";
    }

    private static MalformedEventException refused(String json) {
        MalformedEventException refused =
                catchThrowableOfType(MalformedEventException.class, () -> Samples.client(json));
        assertThat(refused).isNotNull();
        return refused;
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "%s",
                "\"turn_detection\":{\"type\":\"server_vad\",%s}",
                "\"input_audio_transcription\":{%s}",
                "\"input_audio_transcription\":{\"corpus\":{%s}}"
            })
    void keepsSoManyUnknownMembersOfAnObject(String object) {
        assertThat(Samples.client(update(object.formatted(members(MAX_EXTRAS)))))
                .isInstanceOf(ClientEvent.SessionUpdate.class);
        assertThat(refused(update(object.formatted(members(MAX_EXTRAS + 1)))))
                .hasMessage("more than 128 unknown members in one object")
                .extracting(MalformedEventException::eventId)
                .isEqualTo("e7");
    }

    @Test
    void keepsSoManyUnknownMembersOfAnEvent() {
        String json = "{\"type\":\"input_audio_buffer.commit\",%s}";
        assertThat(Samples.client(json.formatted(members(MAX_EXTRAS)))).isInstanceOf(ClientEvent.Commit.class);
        refused(json.formatted(members(MAX_EXTRAS + 1)));
    }

    @Test
    void doesNotCountWhatIsInsideAnUnknownMember() {
        assertThat(Samples.client(update("\"tools\":[{" + members(2_000) + "}]")))
                .isInstanceOf(ClientEvent.SessionUpdate.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"session.update", "input_audio_buffer.commit", "session.finish", "response.create"})
    void takesControlEventsUpToASize(String type) {
        String json = "{\"type\":\"" + type + "\",\"session\":{},\"x\":\"%s\"}";
        int room = MAX_CONTROL_BYTES - json.formatted("").length();
        assertThat(Samples.client(json.formatted("a".repeat(room))).type()).isEqualTo(type);
        assertThat(refused(json.formatted("a".repeat(room + 1))))
                .hasMessage("an event other than input_audio_buffer.append must have at most 262144 bytes, not 262145");
    }

    @Test
    void takesTheLongestContext() {
        String tenThousandWords = "internationalization ".repeat(10_000);
        assertThat(Samples.client(
                        update("\"input_audio_transcription\":{\"corpus\":{\"text\":\"" + tenThousandWords + "\"}}")))
                .isInstanceOf(ClientEvent.SessionUpdate.class);
        assertThat(Samples.client(update("\"input_audio_transcription\":{\"corpus\":{\"text\":\""
                        + "\\u4f60\\u597d".repeat(10_000) + "\"}}")))
                .isInstanceOf(ClientEvent.SessionUpdate.class);
    }

    @Test
    void takesLongAudioWithAMemberThatItDoesNotKnow() {
        String json = "{\"x\":1,\"audio\":\"" + "AAAA".repeat(1 << 20) + "\",\"type\":\"input_audio_buffer.append\"}";
        assertThat(Samples.client(json))
                .isInstanceOfSatisfying(
                        ClientEvent.Append.class,
                        append -> assertThat(append.audio().remaining()).isEqualTo(3 << 20));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"x\":{%s},\"type\":\"input_audio_buffer.append\",\"audio\":\"\"}",
                "{\"type\":\"input_audio_buffer.append\",\"audio\":\"\",%s}",
                "{%s,\"type\":\"session.update\"}"
            })
    void doesNotReadOnWhereAnEventHoldsTooMuch(String json) {
        assertThat(refused(json.formatted(members(1_000_000))))
                .extracting(Throwable::getMessage)
                .asString()
                .containsAnyOf("Token count (32769) exceeds", "more than 128 unknown members");
    }
}
