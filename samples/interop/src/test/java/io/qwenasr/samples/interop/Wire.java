package io.qwenasr.samples.interop;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** The names and samples of the protocol that the tests need. */
final class Wire {

    static final String CREATED = "session.created";
    static final String UPDATED = "session.updated";
    static final String SPEECH_STARTED = "input_audio_buffer.speech_started";
    static final String SPEECH_STOPPED = "input_audio_buffer.speech_stopped";
    static final String COMMITTED = "input_audio_buffer.committed";
    static final String CLEARED = "input_audio_buffer.cleared";
    static final String ITEM_CREATED = "conversation.item.created";
    static final String TEXT = "conversation.item.input_audio_transcription.text";
    static final String COMPLETED = "conversation.item.input_audio_transcription.completed";
    static final String FINISHED = "session.finished";
    static final String ERROR = "error";

    static final String COMMIT = "{\"event_id\":\"event_c1\",\"type\":\"input_audio_buffer.commit\"}";
    static final String FINISH = "{\"event_id\":\"event_c2\",\"type\":\"session.finish\"}";

    private Wire() {}

    static String append(String base64) {
        return "{\"event_id\":\"event_c0\",\"type\":\"input_audio_buffer.append\",\"audio\":\"" + base64 + "\"}";
    }

    static JsonObject parse(String json) {
        return JsonParser.parseString(json).getAsJsonObject();
    }

    /** Returns a member as text; empty if it is absent or null. */
    static String string(JsonObject object, String member) {
        JsonElement value = object.get(member);
        return value == null || value.isJsonNull() ? "" : value.getAsString();
    }

    static String resource(String path) {
        try (InputStream in = Wire.class.getResourceAsStream(path)) {
            return new String(Objects.requireNonNull(in, path).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns one side of a recorded exchange. */
    static List<JsonObject> flow(String name, String side) {
        return resource("/flows/" + name + ".jsonl")
                .lines()
                .map(Wire::parse)
                .filter(line -> string(line, "from").equals(side))
                .map(line -> line.getAsJsonObject("event"))
                .toList();
    }
}
