package io.qwenasr.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.qwenasr.AudioFormat;
import io.qwenasr.ServerError;
import io.qwenasr.SessionOptions;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EncodingTest {

    private static String update(SessionOptions options) {
        return Samples.text(ClientEvents.encode(
                new ClientEvent.SessionUpdate("event_c0001", SessionConfig.of(options), Extras.NONE),
                UnpooledByteBufAllocator.DEFAULT));
    }

    @Test
    void optionsBecomeTheDocumentedSamples() {
        assertThat(Samples.tree(update(SessionOptions.builder()
                        .model("m")
                        .language("zh")
                        .corpusText("会议主题：季度预算。术语：海葵项目、林知远")
                        .serverVad(0.0, Duration.ofMillis(400))
                        .build())))
                .isEqualTo(Samples.tree(Samples.event("client.session.update")));
        assertThat(Samples.tree(
                        update(SessionOptions.builder().language("en").manual().build())))
                .isEqualTo(Samples.tree(Samples.event("client.session.update.manual")));
    }

    @Test
    void whatOptionsLeaveUnsetIsLeftOut() {
        assertThat(update(SessionOptions.defaults()))
                .isEqualTo("{\"event_id\":\"event_c0001\",\"type\":\"session.update\",\"session\":{"
                        + "\"modalities\":[\"text\"],\"input_audio_format\":\"pcm\",\"sample_rate\":16000,"
                        + "\"turn_detection\":{\"type\":\"server_vad\"}}}");
        assertThat(update(SessionOptions.builder()
                        .format(new AudioFormat(AudioFormat.Encoding.OPUS, 8000))
                        .corpusText("t")
                        .build()))
                .contains("\"input_audio_format\":\"opus\",\"sample_rate\":8000,"
                        + "\"input_audio_transcription\":{\"corpus\":{\"text\":\"t\"}}");
    }

    @Test
    void theFirstItemIsWrittenAsTheServiceWritesIt() {
        assertThat(Samples.text(ServerEvents.encode(
                        new ServerEvent.ItemCreated("e", "i", null, Extras.NONE, Extras.NONE),
                        UnpooledByteBufAllocator.DEFAULT)))
                .isEqualTo("{\"event_id\":\"e\",\"type\":\"conversation.item.created\",\"previous_item_id\":\"\","
                        + "\"item\":{\"id\":\"i\",\"object\":\"realtime.item\",\"type\":\"message\","
                        + "\"status\":\"completed\",\"role\":\"user\","
                        + "\"content\":[{\"type\":\"input_audio\",\"transcript\":null}]}}");
    }

    @Test
    void clearedIsWrittenAndRead() {
        ServerEvent cleared = new ServerEvent.Cleared("e", Extras.NONE);
        String json = Samples.text(ServerEvents.encode(cleared, UnpooledByteBufAllocator.DEFAULT));
        assertThat(json).isEqualTo("{\"event_id\":\"e\",\"type\":\"input_audio_buffer.cleared\"}");
        assertThat(Samples.server(json)).isEqualTo(cleared);
    }

    @Test
    void longTextsAreWrittenWhole() {
        String text = "你好 \"quoted\" \\ \u0007 😀".repeat(5_000);
        ServerEvent event = new ServerEvent.Completed("e", "i", 0, "zh", "neutral", text, Extras.NONE);
        assertThat(Samples.server(Samples.text(ServerEvents.encode(event, UnpooledByteBufAllocator.DEFAULT))))
                .isEqualTo(event);
    }

    @Test
    void aMemberNamedTwiceIsRefusedAndNothingLeaks() {
        UnpooledByteBufAllocator alloc = new UnpooledByteBufAllocator(false);
        Extras type = new Extras(Map.of("type", "\"x\""));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ClientEvents.encode(new ClientEvent.Commit(null, type), alloc))
                .withMessageContaining("type");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ServerEvents.encode(
                        new ServerEvent.ErrorReported(
                                null, new ServerError("x", null, null, null, null), type, Extras.NONE),
                        alloc));
        assertThat(alloc.metric().usedHeapMemory()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "x", "1 2", "{", "\"a", "null,\"b\":1", "{\"a\":1,\"a\":2}", "[1]]"})
    void extrasHoldJsonOnly(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Extras(Map.of("name", text)))
                .withMessage("member \"name\" is not one JSON value");
    }

    @Test
    void extrasAreACopy() {
        Map<String, String> members = new LinkedHashMap<>(Map.of("a", "1"));
        Extras extras = new Extras(members);
        members.put("b", "2");
        assertThat(extras.members()).isEqualTo(Map.of("a", "1"));
        assertThat(extras.isEmpty()).isFalse();
        assertThat(new Extras(Map.of())).isEqualTo(Extras.NONE);
        assertThat(Extras.NONE.isEmpty()).isTrue();
    }

    @Test
    void aMemberIsAbsentNullOrAValue() {
        assertThat(List.of(Member.<String>absent(), Member.<String>ofNull(), Member.of("v")))
                .extracting(Member::isAbsent, Member::isNull, Member::orNull)
                .containsExactly(
                        org.assertj.core.api.Assertions.tuple(true, false, null),
                        org.assertj.core.api.Assertions.tuple(false, true, null),
                        org.assertj.core.api.Assertions.tuple(false, false, "v"));
        assertThatNullPointerException().isThrownBy(() -> Member.of(null));
    }

    @Test
    void aThresholdMustFitJson() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new TurnDetectionConfig("server_vad", Double.NaN, null, null, Extras.NONE));
    }
}
