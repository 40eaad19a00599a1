package io.qwenasr.session;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.codec.ClientEvent;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The sample exchanges, with this library's session in the client's place. */
class FlowTests {

    @ParameterizedTest
    @ValueSource(strings = {"manual", "vad", "vad_no_speech", "vad_overlap_tolerant"})
    void acceptsTheExchange(String name) throws IOException {
        List<JsonNode> lines = read(name);
        ClientHarness it = new ClientHarness(
                optionsOf(lines), ClientSessionSettings.DEFAULTS.withMinAppend(Duration.ZERO), Long.MAX_VALUE);
        it.connect();
        List<String> transcripts = new ArrayList<>();
        List<String> clientTypes = new ArrayList<>();
        for (JsonNode line : lines) {
            JsonNode event = line.get("event");
            String type = event.get("type").asString();
            if (line.get("from").asString().equals("server")) {
                it.server(event.toString());
                if (type.endsWith(".completed")) {
                    transcripts.add(event.get("transcript").asString());
                }
            } else {
                clientTypes.add(type);
                switch (type) {
                    case "input_audio_buffer.append" -> it.chunk(48);
                    case "input_audio_buffer.commit" -> it.audio.next(AudioSignal.commit());
                    case "session.finish" -> it.audio.complete();
                    default -> assertThat(type).isEqualTo("session.update");
                }
                it.settle();
            }
        }
        assertThat(it.events.errors).isEmpty();
        assertThat(it.events.completions).isOne();
        assertThat(it.sent).extracting(ClientEvent::type).containsExactlyElementsOf(clientTypes);
        assertThat(it.received(TranscriptionEvent.Final.class))
                .extracting(TranscriptionEvent.Final::transcript)
                .containsExactlyElementsOf(transcripts);
        assertThat(it.received(TranscriptionEvent.Unknown.class)).isEmpty();
        assertThat(it.closes).containsExactly(1000);
        it.close();
    }

    private static SessionOptions optionsOf(List<JsonNode> lines) {
        boolean manual = lines.stream()
                .map(line -> line.get("event"))
                .filter(event -> event.get("type").asString().equals("session.update"))
                .anyMatch(event -> event.get("session").get("turn_detection").isNull());
        return manual ? SessionOptions.builder().manual().build() : SessionOptions.defaults();
    }

    private static List<JsonNode> read(String name) throws IOException {
        List<JsonNode> lines = new ArrayList<>();
        InputStream in = FlowTests.class.getResourceAsStream("/protocol/flows/" + name + ".jsonl");
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                lines.add(JsonMapper.shared().readTree(line));
            }
        }
        return lines;
    }
}
