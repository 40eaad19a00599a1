package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioLedger;
import io.qwenasr.ServerError;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Cleared;
import io.qwenasr.TranscriptionEvent.Committed;
import io.qwenasr.TranscriptionEvent.ErrorReported;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import io.qwenasr.TranscriptionEvent.Summary;
import io.qwenasr.TranscriptionEvent.Unknown;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.json.JsonMapper;

class JsonLinesTest {

    private static final ServerError ERROR = new ServerError("server_error", "busy", "come back", "x", "event_1");

    private final JsonLines lines = new JsonLines();

    static Stream<Arguments> events() {
        Duration at = Duration.ofMillis(1_500);
        return Stream.of(
                Arguments.of(
                        new SessionReady("s1", "m"),
                        "{\"type\":\"session_ready\",\"session_id\":\"s1\",\"model\":\"m\"}"),
                Arguments.of(
                        new SpeechStarted("i", at),
                        "{\"type\":\"speech_started\",\"item_id\":\"i\",\"start_ms\":1500}"),
                Arguments.of(new SpeechStopped(null, at), "{\"type\":\"speech_stopped\",\"end_ms\":1500}"),
                Arguments.of(
                        new Committed("i", "h"),
                        "{\"type\":\"committed\",\"item_id\":\"i\",\"previous_item_id\":\"h\"}"),
                Arguments.of(
                        new Partial("i", "a ", "b", "en", "happy"),
                        "{\"type\":\"partial\",\"item_id\":\"i\",\"text\":\"a \",\"stash\":\"b\",\"language\":\"en\","
                                + "\"emotion\":\"happy\"}"),
                Arguments.of(
                        new Final("i", "say \"hi\"\n你好", null, null, Duration.ZERO, at),
                        "{\"type\":\"final\",\"item_id\":\"i\",\"transcript\":\"say \\\"hi\\\"\\n你好\",\"start_ms\":0,"
                                + "\"end_ms\":1500}"),
                Arguments.of(
                        new Failed("i", ERROR),
                        "{\"type\":\"failed\",\"item_id\":\"i\",\"error_type\":\"server_error\",\"error_code\":\"busy\","
                                + "\"error_message\":\"come back\",\"error_param\":\"x\"}"),
                Arguments.of(
                        new ErrorReported(new ServerError(null, "c", null, null, null)),
                        "{\"type\":\"error\",\"error_code\":\"c\"}"),
                Arguments.of(
                        new ErrorReported(new ServerError(null, "c", null, null, null), at, at.plusMillis(20)),
                        "{\"type\":\"error\",\"error_code\":\"c\",\"start_ms\":1500,\"end_ms\":1520}"),
                Arguments.of(new Cleared(), "{\"type\":\"cleared\"}"),
                Arguments.of(
                        new AudioDropped(at, at.plusMillis(20)),
                        "{\"type\":\"audio_dropped\",\"start_ms\":1500,\"end_ms\":1520}"),
                Arguments.of(
                        new Reconnected("s2", at, Duration.ZERO, 3, new IllegalStateException("gone")),
                        "{\"type\":\"reconnected\",\"session_id\":\"s2\",\"replayed_ms\":1500,\"lost_ms\":0,"
                                + "\"attempt\":3,\"error_message\":\"gone\"}"),
                Arguments.of(
                        new Summary(new AudioLedger(List.of(
                                new AudioLedger.Entry(Duration.ZERO, at, AudioLedger.State.SETTLED, null),
                                new AudioLedger.Entry(at, at.plusMillis(20), AudioLedger.State.LOST, "why")))),
                        "{\"type\":\"summary\",\"offered_ms\":1520,\"settled_ms\":1500,\"lost_ms\":20}"),
                Arguments.of(
                        new Unknown("x.y", "{\"type\":\"x.y\"}"),
                        "{\"type\":\"unknown\",\"event_type\":\"x.y\",\"event\":\"{\\\"type\\\":\\\"x.y\\\"}\"}"));
    }

    @ParameterizedTest
    @MethodSource("events")
    void writesWhatIsKnown(TranscriptionEvent event, String json) {
        assertThat(lines.line(event)).isEqualTo(json);
    }

    @Test
    void letsNoControlCharacterAndNoLineBreakThrough() {
        String strange = IntStream.rangeClosed(0, 0x9f)
                        .filter(Character::isISOControl)
                        .mapToObj(Character::toString)
                        .collect(Collectors.joining())
                + "\u2028\u2029";
        String line = lines.line(new Final("i", "你好 é 😀 " + strange, null, null, null, null));
        assertThat(line)
                .doesNotContainPattern("[\\p{Cc}\\p{Zl}\\p{Zp}]")
                .contains("你好 é 😀 \\u0000", "\\u001B", "\\u007F", "\\u0085", "\\u009B", "\\u2028", "\\u2029");
        assertThat(JsonMapper.shared().readTree(line).get("transcript").stringValue())
                .isEqualTo("你好 é 😀 " + strange);
    }

    @Test
    void knowsEveryEvent() {
        assertThat(events().map(arguments -> arguments.get()[0].getClass().getName()))
                .containsAll(Stream.of(TranscriptionEvent.class.getPermittedSubclasses())
                        .map(Class::getName)
                        .toList());
    }
}
