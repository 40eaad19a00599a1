package io.qwenasr.samples.localengine;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.vosk.Model;
import org.vosk.Recognizer;

/** Decodes with Vosk. A model whose own endpointing is on may settle stretches by itself. */
final class VoskDecoder implements Decoder {

    private final Recognizer recognizer;
    private final boolean rescores;
    private String settled = "";
    private boolean closed;

    /**
     * Creates a decoder.
     *
     * @param rescores whether the model has a second, better language model that only Vosk's results, not its
     *     partials, know. Without one, results are worth no more than partials, but disagree with them, since
     *     Vosk weighs its one language model differently there: then the partials are the truth
     */
    VoskDecoder(Model model, boolean rescores) {
        this.rescores = rescores;
        try {
            recognizer = new Recognizer(model, Pcm.RATE);
        } catch (IOException e) {
            throw new UncheckedIOException("Vosk could not create a recogniser", e);
        }
    }

    @Override
    public void accept(short[] samples, int length) {
        if (recognizer.acceptWaveForm(samples, length)) {
            settle();
        }
    }

    @Override
    public String partial() {
        return joined(VoskJson.text(recognizer.getPartialResult()));
    }

    @Override
    public void settle() {
        String partial = partial();
        String result = joined(VoskJson.text(recognizer.getResult()));
        settled = rescores ? result : partial;
    }

    @Override
    public String finish() {
        return rescores ? joined(VoskJson.text(recognizer.getFinalResult())) : partial();
    }

    private String joined(String words) {
        if (settled.isEmpty()) {
            return words;
        }
        return words.isEmpty() ? settled : settled + " " + words;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            recognizer.close();
        }
    }
}
