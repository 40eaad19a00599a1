package io.qwenasr.samples.localengine;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Where the models are.
 *
 * @param vosk folder of the Vosk model
 * @param vad file of the Silero VAD
 * @param isDefault whether the Vosk model is the one that this project fetches
 */
record Models(Path vosk, Path vad, boolean isDefault) {

    /** Language of the model that this project fetches. */
    static final String DEFAULT_LANGUAGE = "en";

    private static final String DEFAULT_NAME = "vosk-small-en-us";

    /** Whether the Vosk model has a second language model, for results only. */
    boolean rescores() {
        return Files.isDirectory(vosk.resolve("rescore")) || Files.isDirectory(vosk.resolve("rnnlm"));
    }

    /** A name for people and logs. */
    String name() {
        Path folder = vosk.getFileName();
        return isDefault || folder == null ? DEFAULT_NAME : folder.toString();
    }
}
