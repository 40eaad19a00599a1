package io.qwenasr.codec;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.qwenasr.ServerError;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.JsonNode;

class SampleEventsTest {

    private static final Extras NONE = Extras.NONE;
    private static final String CORPUS = "会议主题：季度预算。术语：海葵项目、林知远";
    private static final String FIRST = "item_Vw5Xy6Za7Bc8De9Fg0Hi1";
    private static final String SECOND = "item_Jk2Lm3No4Pq5Rs6Tu7Vw8";

    private static TurnDetectionConfig vad(double threshold, int silence) {
        return new TurnDetectionConfig("server_vad", threshold, silence, null, NONE);
    }

    private static SessionConfig session(
            Member<TranscriptionConfig> transcription, Member<TurnDetectionConfig> turnDetection) {
        return new SessionConfig(null, null, null, List.of("text"), "pcm", 16000, transcription, turnDetection, NONE);
    }

    private static SessionConfig effective(
            Member<TranscriptionConfig> transcription, Member<TurnDetectionConfig> turnDetection) {
        return new SessionConfig(
                "sess_Qm4Zt7HcVb2NfXk9LrWp3",
                "realtime.session",
                "qwen3-asr-flash-realtime",
                List.of("text"),
                "pcm",
                16000,
                transcription,
                turnDetection,
                NONE);
    }

    private static Member<TranscriptionConfig> language(String language, String corpus) {
        return Member.of(new TranscriptionConfig(language, corpus, NONE));
    }

    private static Extras extras(String... namesAndValues) {
        Map<String, String> members = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            members.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return new Extras(members);
    }

    private static final ByteBuffer AUDIO = IntStream.range(0, 48)
            .collect(() -> ByteBuffer.allocate(48), (b, i) -> b.put((byte) i), (a, b) -> {})
            .flip();

    private static final Map<String, ClientEvent> CLIENT = Map.ofEntries(
            Map.entry("input_audio_buffer.append", new ClientEvent.Append("event_c0002", AUDIO, NONE)),
            Map.entry("input_audio_buffer.clear", new ClientEvent.Clear("event_c0004", NONE)),
            Map.entry("input_audio_buffer.commit", new ClientEvent.Commit("event_c0003", NONE)),
            Map.entry("session.finish", new ClientEvent.Finish("event_c0009", NONE)),
            Map.entry(
                    "session.update.autolang",
                    new ClientEvent.SessionUpdate(
                            "event_c0001",
                            new SessionConfig(
                                    null,
                                    null,
                                    null,
                                    null,
                                    "pcm",
                                    8000,
                                    language(null, null),
                                    Member.of(vad(0.2, 800)),
                                    NONE),
                            NONE)),
            Map.entry(
                    "session.update.java_sdk_shape",
                    new ClientEvent.SessionUpdate(
                            "event_0f4d9c2a6b1e4d58a7c3e2b190f8d6a4",
                            new SessionConfig(
                                    null,
                                    null,
                                    null,
                                    List.of("text"),
                                    "pcm",
                                    16000,
                                    language("zh", "海葵项目"),
                                    Member.of(new TurnDetectionConfig("server_vad", 0.2, 800, 300, NONE)),
                                    extras("voice", "null", "output_audio_format", "\"pcm24\"", "translation", "null")),
                            NONE)),
            Map.entry(
                    "session.update",
                    new ClientEvent.SessionUpdate(
                            "event_c0001", session(language("zh", CORPUS), Member.of(vad(0.0, 400))), NONE)),
            Map.entry(
                    "session.update.manual",
                    new ClientEvent.SessionUpdate("event_c0001", session(language("en", null), Member.ofNull()), NONE)),
            Map.entry(
                    "session.update.opus",
                    new ClientEvent.SessionUpdate(
                            "event_c0001",
                            new SessionConfig(
                                    null, null, null, null, "opus", 16000, Member.absent(), Member.ofNull(), NONE),
                            NONE)),
            Map.entry(
                    "session.update.python_sdk_shape",
                    new ClientEvent.SessionUpdate(
                            "event_7b0c3a4e5d6f48719203a4b5c6d7e8f9",
                            new SessionConfig(
                                    null,
                                    null,
                                    null,
                                    List.of("text"),
                                    "pcm",
                                    16000,
                                    language("zh", "海葵项目"),
                                    Member.of(new TurnDetectionConfig("server_vad", 0.2, 800, 300, NONE)),
                                    extras("voice", "null", "output_audio_format", "\"pcm16\"")),
                            NONE)));

    private static final Map<String, ServerEvent> SERVER = Map.ofEntries(
            Map.entry(
                    "conversation.item.created",
                    new ServerEvent.ItemCreated("event_Jj6Kk7Ll8Mm9Nn0Oo1Pp2", SECOND, FIRST, NONE, NONE)),
            Map.entry(
                    "conversation.item.input_audio_transcription.completed",
                    new ServerEvent.Completed(
                            "event_Xx0Yy1Zz2Aa3Bb4Cc5Dd6", FIRST, 0, "zh", "neutral", "我们把季度预算再过一遍。", NONE)),
            Map.entry(
                    "conversation.item.input_audio_transcription.failed",
                    new ServerEvent.Failed(
                            "event_Ee7Ff8Gg9Hh0Ii1Jj2Kk3",
                            FIRST,
                            0,
                            new ServerError(
                                    null,
                                    "audio_decode_failed",
                                    "The committed audio could not be decoded.",
                                    "audio",
                                    null),
                            NONE,
                            NONE)),
            Map.entry(
                    "conversation.item.input_audio_transcription.text",
                    new ServerEvent.Text(
                            "event_Qq3Rr4Ss5Tt6Uu7Vv8Ww9", FIRST, 0, "zh", "neutral", "我们把季度预算", "再过一遍。", NONE)),
            Map.entry(
                    "error.commit_empty",
                    new ServerEvent.ErrorReported(
                            "event_Ss1Tt2Uu3Vv4Ww5Xx6Yy8",
                            new ServerError(
                                    "invalid_request_error",
                                    null,
                                    "Error committing input audio buffer: buffer too small, or have no audio.",
                                    null,
                                    "event_c0003"),
                            NONE,
                            NONE)),
            Map.entry(
                    "error.internal_no_type",
                    new ServerEvent.ErrorReported(
                            "event_Ss1Tt2Uu3Vv4Ww5Xx6Yy9",
                            new ServerError(null, "InternalError", "Internal service error: null", null, null),
                            NONE,
                            NONE)),
            Map.entry(
                    "error",
                    new ServerEvent.ErrorReported(
                            "event_Ss1Tt2Uu3Vv4Ww5Xx6Yy7",
                            new ServerError(
                                    "invalid_request_error",
                                    "invalid_value",
                                    "silence_duration_ms must be between 200 and 6000.",
                                    "session.turn_detection.silence_duration_ms",
                                    "event_c0001"),
                            NONE,
                            NONE)),
            Map.entry(
                    "input_audio_buffer.committed",
                    new ServerEvent.Committed("event_Cc9Dd0Ee1Ff2Gg3Hh4Ii5", SECOND, FIRST, NONE)),
            Map.entry(
                    "input_audio_buffer.speech_started",
                    new ServerEvent.SpeechStarted("event_Oo5Pp6Qq7Rr8Ss9Tt0Uu1", FIRST, 640, NONE)),
            Map.entry(
                    "input_audio_buffer.speech_stopped",
                    new ServerEvent.SpeechStopped("event_Vv2Ww3Xx4Yy5Zz6Aa7Bb8", FIRST, 3360, NONE)),
            Map.entry(
                    "session.created",
                    new ServerEvent.SessionCreated(
                            "event_Aa1Bb2Cc3Dd4Ee5Ff6Gg7", effective(Member.ofNull(), Member.of(vad(0.2, 800))), NONE)),
            Map.entry("session.finished", new ServerEvent.SessionFinished("event_Ll4Mm5Nn6Oo7Pp8Qq9Rr0", NONE)),
            Map.entry(
                    "session.updated",
                    new ServerEvent.SessionUpdated(
                            "event_Hh8Ii9Jj0Kk1Ll2Mm3Nn4",
                            effective(language("zh", CORPUS), Member.of(vad(0.0, 400))),
                            NONE)),
            Map.entry(
                    "session.updated.manual",
                    new ServerEvent.SessionUpdated(
                            "event_Hh8Ii9Jj0Kk1Ll2Mm3Nn4", effective(language("en", null), Member.ofNull()), NONE)));

    static Stream<Path> samples() {
        return Samples.files("events").stream();
    }

    @Test
    void everySampleHasAnExpectation() {
        List<String> expected = Stream.concat(
                        CLIENT.keySet().stream().map(name -> "client." + name + ".json"),
                        SERVER.keySet().stream().map(name -> "server." + name + ".json"))
                .sorted()
                .toList();
        assertThat(samples().map(file -> file.getFileName().toString()).collect(Collectors.toList()))
                .isEqualTo(expected)
                .hasSize(24);
    }

    @ParameterizedTest
    @MethodSource("samples")
    void aSampleIsReadAndWrittenBackTheSame(Path file) {
        String json = Samples.read(file);
        String name = file.getFileName().toString().replace(".json", "");
        boolean fromClient = name.startsWith("client.");
        String event = name.substring("client.".length());
        JsonNode tree = Samples.tree(json);
        for (ByteBuf buffer : Samples.everyKind(json.getBytes(UTF_8))) {
            int reader = buffer.readerIndex();
            ByteBuf encoded;
            if (fromClient) {
                ClientEvent decoded = ClientEvents.decode(buffer);
                assertThat(decoded).isEqualTo(CLIENT.get(event));
                assertThat(decoded.type()).isEqualTo(tree.get("type").asString());
                encoded = ClientEvents.encode(decoded, PooledByteBufAllocator.DEFAULT);
            } else {
                ServerEvent decoded = ServerEvents.decode(buffer);
                assertThat(decoded).isEqualTo(SERVER.get(event));
                assertThat(decoded.type()).isEqualTo(tree.get("type").asString());
                encoded = ServerEvents.encode(decoded, PooledByteBufAllocator.DEFAULT);
            }
            assertThat(Samples.tree(Samples.text(encoded))).isEqualTo(tree);
            assertThat(buffer.readerIndex()).isEqualTo(reader);
            assertThat(buffer.refCnt()).isEqualTo(1);
            buffer.release();
        }
    }

    /** Members in the order of the samples make a wire log readable next to the documentation. */
    @ParameterizedTest
    @MethodSource("samples")
    void membersKeepTheOrderOfTheSample(Path file) {
        String name = file.getFileName().toString();
        if (name.contains("_sdk_shape")) {
            return;
        }
        String compact = Samples.MAPPER.writeValueAsString(Samples.tree(Samples.read(file)));
        ByteBuf encoded = name.startsWith("client.")
                ? ClientEvents.encode(Samples.client(compact), PooledByteBufAllocator.DEFAULT)
                : ServerEvents.encode(Samples.server(compact), PooledByteBufAllocator.DEFAULT);
        assertThat(Samples.text(encoded)).isEqualTo(compact);
    }
}
