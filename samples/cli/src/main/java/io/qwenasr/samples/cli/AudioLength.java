package io.qwenasr.samples.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.jspecify.annotations.Nullable;

/** How long a file is by its header, which is enough to show how far one is. */
final class AudioLength {

    private static final double NANOS_PER_SECOND = 1e9;

    private AudioLength() {}

    /** Reads the header; null if it does not tell, or the JDK cannot read it. Blocks. */
    static @Nullable Duration of(Path file) {
        try {
            AudioFileFormat format = AudioSystem.getAudioFileFormat(file.toFile());
            double seconds =
                    format.getFrameLength() / (double) format.getFormat().getFrameRate();
            return seconds > 0 && Double.isFinite(seconds)
                    ? Duration.ofNanos((long) (seconds * NANOS_PER_SECOND))
                    : null;
        } catch (IOException | UnsupportedAudioFileException | RuntimeException e) {
            return null;
        }
    }
}
