package io.qwenasr.codec;

import static io.qwenasr.codec.Samples.client;
import static io.qwenasr.codec.Samples.server;
import static io.qwenasr.codec.Samples.tree;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.netty.buffer.UnpooledByteBufAllocator;
import io.qwenasr.ServerError;
import io.qwenasr.codec.ServerEvent.Completed;
import io.qwenasr.codec.ServerEvent.ErrorReported;
import io.qwenasr.codec.ServerEvent.ItemCreated;
import io.qwenasr.codec.ServerEvent.SpeechStopped;
import io.qwenasr.codec.ServerEvent.Text;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What real peers send beside the documentation. */
class ToleranceTest {

    private static String again(ServerEvent event) {
        return Samples.text(ServerEvents.encode(event, UnpooledByteBufAllocator.DEFAULT));
    }

    private static String again(ClientEvent event) {
        return Samples.text(ClientEvents.encode(event, UnpooledByteBufAllocator.DEFAULT));
    }

    @Test
    void unknownEventsKeepTheirJson() {
        String json = "{ \"event_id\":\"e1\", \"type\":\"response.create\", \"response\":{\"n\":1.50} }";
        assertThat(client(json)).isEqualTo(new ClientEvent.Unknown("e1", "response.create", json));
        assertThat(server(json)).isEqualTo(new ServerEvent.Unknown("e1", "response.create", json));
        assertThat(again(client(json))).isEqualTo(json);
        assertThat(again(server(json))).isEqualTo(json);
        assertThat(client(json).extras()).isEqualTo(Extras.NONE);
        assertThat(server(json).extras()).isEqualTo(Extras.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "{\"type\":\"x.other\"}",
                "[{\"type\":\"x.known\"}]",
                "{\"type\":\"x.known\"",
                "{\"type\":\"x.known\"} {}",
                "null",
                ""
            })
    void unknownEventsWithoutTheirJsonAreWrittenWithIdAndType(String json) {
        assertThat(again(new ServerEvent.Unknown("e1", "x.known", json)))
                .isEqualTo("{\"event_id\":\"e1\",\"type\":\"x.known\"}");
    }

    @Test
    void anEventOfTheOtherSideIsUnknown() {
        assertThat(client("{\"type\":\"session.created\"}")).isInstanceOf(ClientEvent.Unknown.class);
        assertThat(server("{\"type\":\"session.finish\"}")).isInstanceOf(ServerEvent.Unknown.class);
    }

    @Test
    void typeMayComeLast() {
        assertThat(client("{\"audio\":\"AAEC\",\"event_id\":\"e\",\"type\":\"input_audio_buffer.append\"}"))
                .isEqualTo(new ClientEvent.Append("e", ByteBuffer.wrap(new byte[] {0, 1, 2}), Extras.NONE));
        assertThat(server("{\"error\":{\"code\":\"c\"},\"type\":\"error\"}"))
                .isEqualTo(new ErrorReported(
                        null, new ServerError(null, "c", null, null, null), Extras.NONE, Extras.NONE));
    }

    @Test
    void escapesInNamesAndTextsAreDecoded() {
        assertThat(client("{\"typ\\u0065\":\"input_audio_buffer.\\u0061ppend\",\"audi\\u006f\":\"\\u0041AE\\u003d\"}"))
                .asInstanceOf(type(ClientEvent.Append.class))
                .extracting(ClientEvent.Append::audio)
                .isEqualTo(ByteBuffer.wrap(new byte[] {0, 1}));
        assertThat(server("{\"type\":\"conversation.item.input_audio_transcription.text\",\"item_id\":\"i\\\"\\\\\","
                        + "\"text\":\"a\\n\\u4f60\\ud83d\\ude00\"}"))
                .isEqualTo(new Text(null, "i\"\\", 0, null, null, "a\n你😀", "", Extras.NONE));
    }

    @Test
    void aSurrogatePairCutInTwoSurvives() {
        Text event = new Text(null, "i", 0, null, null, "\ud83d", "\ude00", Extras.NONE);
        assertThat(server(again(event))).isEqualTo(event);

        ClientEvent append =
                new ClientEvent.Append("\ude00x\ud83d", ByteBuffer.allocate(3), new Extras(Map.of("x", "\"\\ud83d\"")));
        assertThat(client(again(append))).isEqualTo(append);
        ClientEvent clear = new ClientEvent.Clear("\ude00x\ud83d", Extras.NONE);
        assertThat(client(again(clear))).isEqualTo(clear);
    }

    @Test
    void unknownMembersSurviveAtEveryLevel() {
        String update = """
                {"type":"session.update","x0":[1, 2.50],"session":{"voice":null,"x1":{"a":"\\u003d"},
                "input_audio_transcription":{"model":null,"corpus":{"id":5,"text":"t"}},
                "turn_detection":{"type":"server_vad","create_response":true}}}""";
        ClientEvent.SessionUpdate event = (ClientEvent.SessionUpdate) client(update);
        assertThat(event.extras().members()).isEqualTo(Map.of("x0", "[1, 2.50]"));
        assertThat(event.session().extras().members()).isEqualTo(Map.of("voice", "null", "x1", "{\"a\":\"\\u003d\"}"));
        TranscriptionConfig transcription = event.session().transcription().orNull();
        assertThat(transcription.corpusText()).isEqualTo("t");
        assertThat(transcription.corpusExtras().members()).isEqualTo(Map.of("id", "5"));
        assertThat(transcription.extras().members()).isEqualTo(Map.of("model", "null"));
        assertThat(event.session().turnDetection().orNull().extras().members())
                .isEqualTo(Map.of("create_response", "true"));
        assertThat(tree(again(event))).isEqualTo(tree(update));

        String error = "{\"type\":\"error\",\"error\":{\"code\":\"c\",\"trace\":[{}]},\"usage\":{\"s\":1e3}}";
        assertThat(tree(again(server(error)))).isEqualTo(tree(error));

        String append = "{\"type\":\"input_audio_buffer.append\",\"audio\":\"AAE=\",\"\\\"x\":true,\"y\":\"é\"}";
        assertThat(tree(again(client(append)))).isEqualTo(tree(append));
    }

    @Test
    void extrasKeepTheirOrder() {
        assertThat(server("{\"z\":1,\"type\":\"session.finished\",\"a\":2,\"m\":3}")
                        .extras()
                        .members()
                        .keySet())
                .containsExactly("z", "a", "m");
    }

    @Test
    void anItemOfAnotherShapeSurvives() {
        String json = """
                {"type":"conversation.item.created","previous_item_id":"p","item":{"id":"i","object":"realtime.item",\
                "type":"message","status":"in_progress","role":"user","content":[{"type":"input_audio","transcript":"t"}],\
                "more":1}}""";
        ItemCreated event = (ItemCreated) server(json);
        assertThat(event.itemId()).isEqualTo("i");
        assertThat(event.itemExtras().members())
                .isEqualTo(Map.of(
                        "status",
                        "\"in_progress\"",
                        "content",
                        "[{\"type\":\"input_audio\",\"transcript\":\"t\"}]",
                        "more",
                        "1"));
        assertThat(again(event)).isEqualTo(json);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "[]",
                "null",
                "[{\"type\":\"input_audio\"}]",
                "[{\"transcript\":null}]",
                "[{\"type\":\"text\",\"transcript\":null}]",
                "[{\"type\":\"input_audio\",\"transcript\":null},1]",
                "[{\"type\":\"input_audio\",\"transcript\":null,\"x\":1}]"
            })
    void contentOfAnotherShapeSurvives(String content) {
        ItemCreated event = (ItemCreated)
                server("{\"type\":\"conversation.item.created\",\"item\":{\"id\":\"i\",\"content\":" + content + "}}");
        assertThat(event.itemExtras().members()).isEqualTo(Map.of("content", content));
        assertThat(tree(again(event)).get("item").get("content")).isEqualTo(tree(content));
    }

    @Test
    void contentInAnotherOrderIsTheDocumentedOne() {
        assertThat(server("{\"type\":\"conversation.item.created\",\"item\":{\"id\":\"i\","
                        + "\"content\":[ {\"transcript\" : null, \"type\":\"input_audio\"} ]}}"))
                .isEqualTo(new ItemCreated(null, "i", null, Extras.NONE, Extras.NONE));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"previous_item_id\":null", ",\"previous_item_id\":\"\""})
    void theFirstItemHasNoPreviousOne(String member) {
        ServerEvent event = server("{\"type\":\"input_audio_buffer.committed\",\"item_id\":\"i\"" + member + "}");
        assertThat(event).isEqualTo(new ServerEvent.Committed(null, "i", null, Extras.NONE));
        assertThat(again(event))
                .isEqualTo("{\"type\":\"input_audio_buffer.committed\",\"previous_item_id\":\"\",\"item_id\":\"i\"}");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"item_id\":null", ",\"item_id\":\"\""})
    void speechStoppedMayNameNoItem(String member) {
        ServerEvent event = server("{\"type\":\"input_audio_buffer.speech_stopped\",\"audio_end_ms\":7" + member + "}");
        assertThat(event).isEqualTo(new SpeechStopped(null, null, 7, Extras.NONE));
        assertThat(again(event)).isEqualTo("{\"type\":\"input_audio_buffer.speech_stopped\",\"audio_end_ms\":7}");
    }

    @Test
    void failedMayComeWithNothingButAnErrorAndAnItem() {
        assertThat(server("{\"type\":\"conversation.item.input_audio_transcription.failed\",\"item_id\":\"i\","
                        + "\"error\":{}}"))
                .isEqualTo(new ServerEvent.Failed(
                        null, "i", 0, new ServerError(null, null, null, null, null), Extras.NONE, Extras.NONE));
    }

    @Test
    void partialsMayComeWithNothingButAnItem() {
        String start = "{\"type\":\"conversation.item.input_audio_transcription.text\",\"item_id\":\"i\"";
        Text bare = new Text(null, "i", 0, null, null, "", "", Extras.NONE);
        assertThat(server(start + "}")).isEqualTo(bare);
        assertThat(server(start + ",\"content_index\":null,\"language\":null,\"emotion\":null,\"text\":null,"
                        + "\"stash\":null}"))
                .isEqualTo(bare);
    }

    @Test
    void aNullTranscriptIsEmpty() {
        assertThat(server("{\"type\":\"conversation.item.input_audio_transcription.completed\",\"item_id\":\"i\","
                        + "\"transcript\":null}"))
                .isEqualTo(new Completed(null, "i", 0, null, null, "", Extras.NONE));
    }

    @Test
    void niceToHaveMembersOfAnotherTypeAreKeptAside() {
        String json = "{\"event_id\":5,\"type\":\"conversation.item.input_audio_transcription.completed\","
                + "\"item_id\":\"i\",\"content_index\":0,\"language\":[\"zh\",\"en\"],\"emotion\":{\"sad\":0.9},"
                + "\"transcript\":\"t\"}";
        Completed event = (Completed) server(json);
        assertThat(event.eventId()).isNull();
        assertThat(event.language()).isNull();
        assertThat(event.emotion()).isNull();
        assertThat(event.extras().members())
                .isEqualTo(Map.of("event_id", "5", "language", "[\"zh\",\"en\"]", "emotion", "{\"sad\":0.9}"));
        assertThat(tree(again(event))).isEqualTo(tree(json));

        String append = "{\"type\":\"input_audio_buffer.append\",\"audio\":\"AAE=\",\"event_id\":{\"n\":1}}";
        assertThat(again(client(append))).isEqualTo(append);

        String committed = "{\"type\":\"input_audio_buffer.committed\",\"previous_item_id\":7,\"item_id\":\"i\"}";
        assertThat(tree(again(server(committed)))).isEqualTo(tree(committed));
    }

    @Test
    void errorPartsOfAnotherTypeAreUsedOrKept() {
        ErrorReported event = (ErrorReported) server(
                "{\"type\":\"error\",\"error\":{\"code\":429,\"message\":\"slow\",\"param\":[\"a\"],\"type\":null}}");
        assertThat(event.error()).isEqualTo(new ServerError(null, "429", "slow", null, null));
        assertThat(event.errorExtras().members()).isEqualTo(Map.of("param", "[\"a\"]"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"640", "640.0", "6.4e2", "64000e-2"})
    void integersMayBeWrittenAsFloats(String number) {
        assertThat(server("{\"type\":\"input_audio_buffer.speech_started\",\"item_id\":\"i\",\"audio_start_ms\":"
                        + number + "}"))
                .isEqualTo(new ServerEvent.SpeechStarted(null, "i", 640, Extras.NONE));
    }

    @Test
    void absentNullAndEmptyConfigurationsDiffer() {
        assertThat(config("{}").turnDetection().isAbsent()).isTrue();
        assertThat(config("{}").turnDetection().isNull()).isFalse();
        assertThat(config("{\"turn_detection\":null}").turnDetection().isNull()).isTrue();
        assertThat(config("{\"turn_detection\":null}").turnDetection().isAbsent())
                .isFalse();
        assertThat(config("{}").transcription()).isEqualTo(Member.absent());
        assertThat(config("{\"input_audio_transcription\":null}").transcription())
                .isEqualTo(Member.ofNull());
        assertThat(config("{\"input_audio_transcription\":{}}").transcription())
                .isEqualTo(Member.of(new TranscriptionConfig(null, null, Extras.NONE)));
        for (String session : List.of(
                "{}",
                "{\"turn_detection\":null}",
                "{\"input_audio_transcription\":null}",
                "{\"input_audio_transcription\":{}}")) {
            String json = "{\"type\":\"session.update\",\"session\":" + session + "}";
            assertThat(again(client(json))).isEqualTo(json);
        }
    }

    @Test
    void nullsInAConfigurationAreUnset() {
        assertThat(config("{\"id\":null,\"model\":null,\"modalities\":null,\"input_audio_format\":null,"
                        + "\"sample_rate\":null,\"input_audio_transcription\":{\"language\":null,\"corpus\":null},"
                        + "\"turn_detection\":{\"type\":\"none\",\"threshold\":null,\"silence_duration_ms\":null}}"))
                .isEqualTo(new SessionConfig(
                        null,
                        null,
                        null,
                        null,
                        null,
                        null,
                        Member.of(new TranscriptionConfig(null, null, Extras.NONE)),
                        Member.of(new TurnDetectionConfig("none", null, null, null, Extras.NONE)),
                        Extras.NONE));
    }

    private static SessionConfig config(String session) {
        return ((ClientEvent.SessionUpdate) client("{\"type\":\"session.update\",\"session\":" + session + "}"))
                .session();
    }
}
