package io.qwenasr.reactor.recording;

import io.qwenasr.AudioFormat;
import io.qwenasr.SessionOptions;
import io.qwenasr.TurnDetection;
import java.time.Duration;

/** Session options as members of an object. */
final class OptionsForm {

    private enum Turns {
        VAD,
        MANUAL
    }

    private OptionsForm() {}

    static void write(LineWriter out, SessionOptions options) {
        out.text("model", options.model())
                .text("format", options.format().encoding().wireName())
                .number("rate", options.format().sampleRate())
                .text("language", options.language())
                .text("corpus", options.corpusText());
        if (!options.partials()) {
            out.flag("finalsOnly", true);
        }
        if (options.turnDetection() instanceof TurnDetection.ServerVad vad) {
            out.text("turns", "vad").number("threshold", vad.threshold()).duration("silence", vad.silence());
        } else {
            out.text("turns", "manual");
        }
    }

    static SessionOptions read(LineReader in) {
        return SessionOptions.builder()
                .model(in.textOrNull("model"))
                .format(new AudioFormat(in.constant(AudioFormat.Encoding.class, "format"), in.count("rate")))
                .language(in.textOrNull("language"))
                .corpusText(in.textOrNull("corpus"))
                .turnDetection(turns(in))
                .partials(!in.flag("finalsOnly"))
                .build();
    }

    private static TurnDetection turns(LineReader in) {
        Duration silence = in.durationOrNull("silence");
        return switch (in.constant(Turns.class, "turns")) {
            case VAD -> new TurnDetection.ServerVad(in.decimalOrNull("threshold"), silence);
            case MANUAL -> TurnDetection.manual();
        };
    }
}
