package io.qwenasr.codec;

/** Writes the {@code session} object. */
final class SessionConfigWriter {

    private SessionConfigWriter() {}

    static void write(EventWriter out, SessionConfig session) {
        out.beginObject("session");
        out.text("id", session.id());
        out.text("object", session.object());
        out.text("model", session.model());
        out.texts("modalities", session.modalities());
        out.text("input_audio_format", session.inputAudioFormat());
        out.integer("sample_rate", session.sampleRate());
        transcription(out, session.transcription());
        turnDetection(out, session.turnDetection());
        out.extras(session.extras());
        out.endObject();
    }

    private static void transcription(EventWriter out, Member<TranscriptionConfig> member) {
        String name = "input_audio_transcription";
        TranscriptionConfig config = member.orNull();
        if (config == null) {
            nullUnlessAbsent(out, name, member);
            return;
        }
        out.beginObject(name);
        out.text("language", config.language());
        if (config.corpusText() != null || !config.corpusExtras().isEmpty()) {
            out.beginObject("corpus");
            out.text("text", config.corpusText());
            out.extras(config.corpusExtras());
            out.endObject();
        }
        out.extras(config.extras());
        out.endObject();
    }

    private static void turnDetection(EventWriter out, Member<TurnDetectionConfig> member) {
        String name = "turn_detection";
        TurnDetectionConfig config = member.orNull();
        if (config == null) {
            nullUnlessAbsent(out, name, member);
            return;
        }
        out.beginObject(name);
        out.text("type", config.type());
        out.number("threshold", config.threshold());
        out.integer("prefix_padding_ms", config.prefixPaddingMs());
        out.integer("silence_duration_ms", config.silenceDurationMs());
        out.extras(config.extras());
        out.endObject();
    }

    private static void nullUnlessAbsent(EventWriter out, String name, Member<?> member) {
        if (member.isNull()) {
            out.nil(name);
        }
    }
}
