package io.qwenasr.codec;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the {@code session} object. Its members have the types they must have, or the event is refused. */
final class SessionConfigReader {

    private static final String TURN_DETECTION_TYPE = "session.turn_detection.type";

    private SessionConfigReader() {}

    static SessionConfig read(EventReader in) {
        ExtrasBuilder extras = in.extras();
        String id = null;
        String object = null;
        String model = null;
        List<String> modalities = null;
        String inputAudioFormat = null;
        Integer sampleRate = null;
        Member<TranscriptionConfig> transcription = Member.absent();
        Member<TurnDetectionConfig> turnDetection = Member.absent();
        in.beginObject();
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            switch (name) {
                case "id" -> id = in.textOrNull();
                case "object" -> object = in.textOrNull();
                case "model" -> model = in.textOrNull();
                case "modalities" -> modalities = texts(in);
                case "input_audio_format" -> inputAudioFormat = in.textOrNull();
                case "sample_rate" -> sampleRate = in.isNull() ? null : in.smallInteger();
                case "input_audio_transcription" ->
                    transcription = in.isNull() ? Member.ofNull() : Member.of(transcription(in));
                case "turn_detection" -> turnDetection = in.isNull() ? Member.ofNull() : Member.of(turnDetection(in));
                default -> extras.keep(name, in.raw());
            }
        }
        return new SessionConfig(
                id,
                object,
                model,
                modalities,
                inputAudioFormat,
                sampleRate,
                transcription,
                turnDetection,
                extras.build());
    }

    private static @Nullable List<String> texts(EventReader in) {
        if (in.isNull()) {
            return null;
        }
        List<String> texts = new ArrayList<>();
        in.beginArray();
        while (in.nextElement()) {
            texts.add(in.text());
        }
        return texts;
    }

    private static TranscriptionConfig transcription(EventReader in) {
        ExtrasBuilder extras = in.extras();
        ExtrasBuilder corpusExtras = in.extras();
        String language = null;
        String corpusText = null;
        in.beginObject();
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            switch (name) {
                case "language" -> language = in.textOrNull();
                case "corpus" -> corpusText = in.isNull() ? null : corpus(in, corpusExtras);
                default -> extras.keep(name, in.raw());
            }
        }
        return new TranscriptionConfig(language, corpusText, corpusExtras.build(), extras.build());
    }

    private static @Nullable String corpus(EventReader in, ExtrasBuilder extras) {
        String text = null;
        in.beginObject();
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            if (name.equals("text")) {
                text = in.textOrNull();
            } else {
                extras.keep(name, in.raw());
            }
        }
        return text;
    }

    private static TurnDetectionConfig turnDetection(EventReader in) {
        ExtrasBuilder extras = in.extras();
        String type = null;
        Double threshold = null;
        Integer silenceDurationMs = null;
        Integer prefixPaddingMs = null;
        in.beginObject();
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            switch (name) {
                case "type" -> type = in.requiredText();
                case "threshold" -> threshold = in.isNull() ? null : in.number();
                case "silence_duration_ms" -> silenceDurationMs = in.isNull() ? null : in.smallInteger();
                case "prefix_padding_ms" -> prefixPaddingMs = in.isNull() ? null : in.smallInteger();
                default -> extras.keep(name, in.raw());
            }
        }
        return new TurnDetectionConfig(
                EventReader.required(type, TURN_DETECTION_TYPE),
                threshold,
                silenceDurationMs,
                prefixPaddingMs,
                extras.build());
    }
}
