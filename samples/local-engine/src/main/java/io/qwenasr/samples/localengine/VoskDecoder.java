package io.qwenasr.samples.localengine;

import java.io.IOException;
import java.io.UncheckedIOException;
import org.vosk.Model;
import org.vosk.Recognizer;

/** Decodes with Vosk. A model whose own endpointing is on may settle stretches by itself. */
final class VoskDecoder implements Decoder {

    private final Recognizer recognizer;
    private final StringBuilder settled = new StringBuilder();
    private boolean closed;

    VoskDecoder(Model model) {
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
        String words = joined(VoskJson.text(recognizer.getResult()));
        settled.setLength(0);
        settled.append(words);
    }

    @Override
    public String finish() {
        return joined(VoskJson.text(recognizer.getFinalResult()));
    }

    private String joined(String words) {
        if (settled.isEmpty()) {
            return words;
        }
        return words.isEmpty() ? settled.toString() : settled + " " + words;
    }

    @Override
    public void close() {
        if (!closed) {
            closed = true;
            recognizer.close();
        }
    }
}
