package io.qwenasr.reactor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Opens audio files and says clearly why it cannot. */
final class AudioFileSource implements PcmSource {

    static final int BLOCK_BYTES = 8_192;

    private final Path file;
    private final int channel;
    private final AudioErrors errors;

    AudioFileSource(Path file, int channel) {
        this.file = file;
        this.channel = channel;
        this.errors = new AudioErrors(file.toString());
    }

    @Override
    public InputStream open() throws IOException {
        if (Files.isDirectory(file)) {
            throw errors.directory();
        }
        return Files.newInputStream(file);
    }

    @Override
    public PcmDecoder decoder(InputStream opened, int targetRate) {
        return new AudioFileDecoder(errors, channel, targetRate);
    }

    @Override
    public AudioSourceException failure(Exception cause) {
        if (cause instanceof NoSuchFileException) {
            return errors.notFound(cause);
        }
        return cause instanceof AccessDeniedException ? errors.unreadable("no permission", cause) : errors.named(cause);
    }

    @Override
    public int blockBytes() {
        return BLOCK_BYTES;
    }

    @Override
    public boolean looksAhead() {
        return true;
    }

    /** Reads but the header and returns the number of channels. Blocks. */
    int channels() {
        HeaderReader reader = new HeaderReader(errors);
        byte[] block = new byte[BLOCK_BYTES];
        try (InputStream in = open()) {
            while (true) {
                int read = in.read(block);
                if (read < 0) {
                    throw reader.cut();
                }
                AudioHeader header = reader.read(ByteBuffer.wrap(block, 0, read));
                if (header != null) {
                    return header.channels();
                }
            }
        } catch (IOException | RuntimeException e) {
            throw failure(e);
        }
    }
}
