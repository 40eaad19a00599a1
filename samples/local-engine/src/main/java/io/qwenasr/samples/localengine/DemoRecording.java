package io.qwenasr.samples.localengine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A recording to try transcription with: a quarter of a minute of synthetic speech made for this project, four
 * sentences with pauses.
 *
 * @since 0.1.0
 */
public final class DemoRecording {

    private DemoRecording() {}

    /**
     * Returns the recording.
     *
     * @return a WAV file: 16-bit mono PCM at 16 kHz
     */
    public static byte[] wav() {
        return resource("demo.wav");
    }

    /**
     * Returns what is said in it.
     *
     * @return the sentences, in order, with punctuation
     */
    public static List<String> sentences() {
        return new String(resource("demo.txt"), StandardCharsets.UTF_8).lines().toList();
    }

    /**
     * Returns what is said in it, as one text.
     *
     * @return the sentences, separated by blanks
     */
    public static String script() {
        return String.join(" ", sentences());
    }

    private static byte[] resource(String name) {
        try (InputStream in = DemoRecording.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException(name + " is missing from the jar");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
