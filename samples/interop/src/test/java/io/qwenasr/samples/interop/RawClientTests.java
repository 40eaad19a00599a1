package io.qwenasr.samples.interop;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Hand-written JSON over WebSocket clients that are not ours. */
class RawClientTests {

    enum Client {
        JDK,
        OKHTTP
    }

    private static final TestAudio AUDIO = TestAudio.twoUtterances();

    @RegisterExtension
    final ServerUnderTest server = new ServerUnderTest();

    private RawSocket open(Client client) throws Exception {
        return switch (client) {
            case JDK -> new JdkSocket(server);
            case OKHTTP -> new OkHttpSocket(server);
        };
    }

    private static void finish(RawSocket socket) throws Exception {
        socket.inbox().await(Wire.FINISHED);
        socket.sendClose();
        assertThat(socket.inbox().awaitClose()).isEqualTo(1000);
        assertThat(socket.inbox().events(Wire.ERROR)).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void transcribesForTheUpdateOfThePythonSdk(Client client) throws Exception {
        SessionOptions same = SessionOptions.builder()
                .language("zh")
                .corpusText("海葵项目")
                .serverVad(0.2, Duration.ofMillis(800))
                .build();
        updateAndTranscribe(client, "/events/client.session.update.python_sdk_shape.json", same);
    }

    @ParameterizedTest
    @EnumSource
    void transcribesForTheUpdateOfTheJavaSdk(Client client) throws Exception {
        SessionOptions same = SessionOptions.builder()
                .language("zh")
                .corpusText("海葵项目")
                .serverVad(0.2, Duration.ofMillis(800))
                .build();
        updateAndTranscribe(client, "/events/client.session.update.java_sdk_shape.json", same);
    }

    private void updateAndTranscribe(Client client, String update, SessionOptions same) throws Exception {
        try (RawSocket socket = open(client)) {
            String text = Wire.resource(update);
            socket.send(text);
            JsonObject echo = socket.inbox().await(Wire.UPDATED).getAsJsonObject("session");
            JsonObject asked = Wire.parse(text).getAsJsonObject("session");
            assertThat(asked.keySet())
                    .allSatisfy(name -> assertThat(echo.get(name)).as(name).isEqualTo(asked.get(name)));
            for (String piece : AUDIO.base64(3_200)) {
                socket.send(Wire.append(piece));
            }
            socket.send(Wire.FINISH);
            finish(socket);
            assertThat(Story.finals(Story.of(socket.inbox()))).hasSize(2);
            assertThat(Story.of(socket.inbox()))
                    .isEqualTo(server.storyOfOurClient(same, AudioSignal.chunk(AUDIO.buffer())));
        }
    }

    @ParameterizedTest
    @EnumSource
    void playsTheRecordedVadExchange(Client client) throws Exception {
        SessionOptions same = SessionOptions.builder()
                .language("zh")
                .corpusText("会议主题：季度预算。术语：海葵项目、林知远")
                .serverVad(0.0, Duration.ofMillis(400))
                .build();
        play(client, "vad", same, 1);
        play(client, "vad_no_speech", same, 1);
    }

    @ParameterizedTest
    @EnumSource
    void playsTheRecordedManualExchange(Client client) throws Exception {
        play(client, "manual", SessionOptions.builder().language("zh").manual().build(), 2);
    }

    private void play(Client client, String flow, SessionOptions same, int finals) throws Exception {
        List<JsonObject> events = Wire.flow(flow, "client");
        try (RawSocket socket = open(client)) {
            for (JsonObject event : events) {
                socket.send(event.toString());
            }
            finish(socket);
            JsonObject recorded = Wire.flow(flow, "server").get(1).getAsJsonObject("session");
            JsonObject echo = socket.inbox().await(Wire.UPDATED).getAsJsonObject("session");
            recorded.remove("id");
            assertThat(echo.remove("id").getAsString()).startsWith("sess_");
            assertThat(echo).isEqualTo(recorded);
            List<String> story = Story.of(socket.inbox());
            assertThat(Story.finals(story)).hasSize(finals);
            assertThat(story).isEqualTo(server.storyOfOurClient(same, signals(events)));
        }
    }

    private static AudioSignal[] signals(List<JsonObject> clientEvents) {
        List<AudioSignal> signals = new ArrayList<>();
        for (JsonObject event : clientEvents) {
            switch (Wire.string(event, "type")) {
                case "input_audio_buffer.append" ->
                    signals.add(AudioSignal.chunk(
                            TestAudio.of(List.of(Base64.getDecoder().decode(Wire.string(event, "audio"))))
                                    .buffer()));
                case "input_audio_buffer.commit" -> signals.add(AudioSignal.commit());
                default -> {}
            }
        }
        return signals.toArray(AudioSignal[]::new);
    }

    /** One message far above the 64 KiB that WebSocket libraries allow by default. */
    @ParameterizedTest
    @EnumSource
    void takesAllAudioInOneMessage(Client client) throws Exception {
        TestAudio minute = TestAudio.speech(8, 60_000);
        try (RawSocket socket = open(client)) {
            socket.send("{\"type\":\"session.update\",\"session\":{\"turn_detection\":null}}");
            socket.send(Wire.append(minute.base64(minute.size()).get(0)));
            socket.send(Wire.COMMIT);
            socket.send(Wire.FINISH);
            finish(socket);
            assertThat(Story.of(socket.inbox()))
                    .hasSize(3)
                    .isEqualTo(server.storyOfOurClient(
                            SessionOptions.builder().manual().build(), AudioSignal.chunk(minute.buffer())));
        }
    }
}
