package io.qwenasr.reactor.tck;

import io.qwenasr.AudioFormat;
import io.qwenasr.reactor.AudioSources;
import io.qwenasr.reactor.Pacing;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import javax.sound.sampled.AudioFileFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import org.testng.annotations.AfterMethod;
import org.testng.annotations.BeforeMethod;
import reactor.core.publisher.Flux;

/** An audio file, read on a thread that may block. */
public class FileSourceVerification extends FluxVerification<ByteBuffer> {

    /** Its thread may be about to look whether it is cancelled, and a busy machine lets it wait. */
    private static final long REFERENCE_MILLIS = 2_000;

    private static final int CHUNK_FRAMES = 1_600;

    private Path file;

    /** Made by TestNG. */
    public FileSourceVerification() {
        super(REFERENCE_MILLIS);
    }

    @BeforeMethod
    public void createFile() throws IOException {
        file = Files.createTempFile("verification", ".wav");
    }

    @AfterMethod
    public void deleteFile() throws IOException {
        Files.delete(file);
    }

    @Override
    Flux<ByteBuffer> flux(int elements) {
        javax.sound.sampled.AudioFormat pcm = new javax.sound.sampled.AudioFormat(16_000, 16, 1, true, false);
        int frames = elements * CHUNK_FRAMES;
        ByteArrayInputStream silence = new ByteArrayInputStream(new byte[2 * frames]);
        try {
            AudioSystem.write(new AudioInputStream(silence, pcm, frames), AudioFileFormat.Type.WAVE, file.toFile());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Flux<ByteBuffer> audio = AudioSources.file(file, AudioFormat.PCM_16K, Pacing.none());
        // A file without a sample is an error; there is no empty flux otherwise.
        return elements == 0 ? audio.onErrorComplete() : audio;
    }

    @Override
    public long maxElementsFromPublisher() {
        return 100;
    }

    @Override
    Flux<ByteBuffer> failed() {
        return AudioSources.file(
                file.resolveSibling(file.getFileName() + ".missing"), AudioFormat.PCM_16K, Pacing.none());
    }

    @Override
    boolean answersBadRequests() {
        return false;
    }
}
