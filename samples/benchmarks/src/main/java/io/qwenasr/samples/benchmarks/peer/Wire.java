package io.qwenasr.samples.benchmarks.peer;

import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The protocol's events as records, the way a user writes them down from its documentation. */
final class Wire {

    static final String MODEL = "qwen3-asr-flash-realtime";
    static final String KEY = "sk-benchmark";

    static final String CREATED = "session.created";
    static final String UPDATED = "session.updated";
    static final String PARTIAL = "conversation.item.input_audio_transcription.text";
    static final String FINISHED = "session.finished";

    private Wire() {}

    record TurnDetection(String type, double threshold, int silence_duration_ms) {}

    record Settings(
            List<String> modalities, String input_audio_format, int sample_rate, TurnDetection turn_detection) {}

    record Update(String event_id, String type, Settings session) {}

    record Append(String event_id, String type, String audio) {}

    record Finish(String event_id, String type) {}

    /** What is read of the server's events; unknown members are skipped. */
    record ServerMessage(
            String type, @Nullable String text, @Nullable String stash) {}

    static Update update() {
        return new Update(
                "event_update",
                "session.update",
                new Settings(List.of("text"), "pcm", 16_000, new TurnDetection("server_vad", 0.0, 400)));
    }

    static Append append(long number, byte[] pcm) {
        return new Append(
                "event_" + number,
                "input_audio_buffer.append",
                Base64.getEncoder().encodeToString(pcm));
    }

    static Finish finish() {
        return new Finish("event_finish", "session.finish");
    }
}
