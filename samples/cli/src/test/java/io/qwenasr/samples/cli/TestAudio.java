package io.qwenasr.samples.cli;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;

/** Audio files for {@link SpeakingClock}. */
final class TestAudio {

    static final short TONE = 1_000;
    static final short SILENCE = 0;

    private TestAudio() {}

    /** Samples of one size, 16-bit little-endian. */
    static byte[] pcm(double seconds, int rate, short sample) {
        ByteBuffer bytes = ByteBuffer.allocate((int) Math.round(seconds * rate) * Short.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN);
        while (bytes.hasRemaining()) {
            bytes.putShort(sample);
        }
        return bytes.array();
    }

    static byte[] wav(byte[] pcm, int rate) {
        AudioFormat format = new AudioFormat(rate, Short.SIZE, 1, true, false);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (AudioInputStream in =
                new AudioInputStream(new ByteArrayInputStream(pcm), format, pcm.length / Short.BYTES)) {
            AudioSystem.write(in, AudioFileFormat.Type.WAVE, out);
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return out.toByteArray();
    }

    /** A 16 kHz file in the folder. */
    static Path file(Path folder, String name, double seconds, short sample) throws IOException {
        return Files.write(folder.resolve(name), wav(pcm(seconds, 16_000, sample), 16_000));
    }
}
