package io.qwenasr.samples.cli;

import io.qwenasr.AudioFormat;
import io.qwenasr.reactor.AudioSources;
import io.qwenasr.reactor.Pacing;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import reactor.core.publisher.Flux;

/**
 * The audio to transcribe.
 *
 * @param name for people
 * @param audio PCM in {@link #FORMAT}
 * @param rereadable whether it can be read more than once
 */
record AudioInput(String name, Flux<ByteBuffer> audio, boolean rereadable) {

    static final AudioFormat FORMAT = AudioFormat.PCM_16K;

    static AudioInput file(Path file) {
        return new AudioInput(file.toString(), AudioSources.file(file, FORMAT, Pacing.none()), !isPipe(file));
    }

    static AudioInput standardInput(InputStream in, int rate) {
        return new AudioInput("standard input", AudioSources.raw(() -> in, rate, FORMAT), false);
    }

    private static boolean isPipe(Path file) {
        return Files.exists(file) && !Files.isRegularFile(file) && !Files.isDirectory(file);
    }

    /** Reads the beginning, so that a bad file is told before a model is loaded or a connection opened. */
    void check() {
        if (rereadable) {
            audio.next().block();
        }
    }
}
