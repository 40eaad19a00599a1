package io.qwenasr.reactor;

import io.qwenasr.audio.PcmConverter;
import io.qwenasr.audio.Resampler;
import io.qwenasr.reactor.AudioHeader.Container;
import io.qwenasr.reactor.AudioSourceException.Reason;
import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.AudioInputStream;
import javax.sound.sampled.AudioSystem;
import javax.sound.sampled.UnsupportedAudioFileException;
import org.jspecify.annotations.Nullable;

/** Opens audio files with the JDK's readers and says clearly why it cannot. */
final class AudioFileDecoder implements PcmSource {

    private static final String ALLOWED = "allowed are WAV, AIFF and AU with PCM of 8 to 32 bits, float, mu-law or"
            + " A-law, " + Resampler.MIN_RATE + " to " + Resampler.MAX_RATE + " Hz, at most "
            + PcmConverter.MAX_CHANNELS + " channels";

    private final Path file;

    AudioFileDecoder(Path file) {
        this.file = file;
    }

    @Override
    public PcmStream open() throws IOException {
        if (Files.isDirectory(file)) {
            throw error(Reason.NOT_A_FILE, name() + " is a directory, not an audio file", null);
        }
        InputStream bytes = new BufferedInputStream(new ForwardOnly(Files.newInputStream(file)));
        try {
            return decode(bytes);
        } catch (IOException | RuntimeException | Error e) {
            close(bytes, e);
            throw e;
        }
    }

    @Override
    public RuntimeException failure(Exception cause) {
        if (cause instanceof AudioSourceException named) {
            return named;
        }
        if (cause instanceof NoSuchFileException) {
            return error(Reason.NOT_FOUND, "no such file: " + name(), cause);
        }
        String why = cause instanceof AccessDeniedException ? "no permission" : String.valueOf(cause.getMessage());
        return error(Reason.UNREADABLE, "cannot read " + name() + ": " + oneLine(why), cause);
    }

    @Override
    public RuntimeException empty() {
        return error(Reason.EMPTY, name() + " holds no audio samples", null);
    }

    @Override
    public boolean looksAhead() {
        return true;
    }

    private PcmStream decode(InputStream bytes) throws IOException {
        AudioHeader header = AudioHeader.peek(bytes);
        if (header.container() == Container.NONE) {
            throw error(Reason.EMPTY, name() + " is empty", null);
        }
        if (!header.complete()) {
            throw error(Reason.TRUNCATED_HEADER, name() + " ends inside its " + header.container() + " header", null);
        }
        AudioInputStream audio = parse(bytes, header);
        if (header.unknownLength()) {
            audio = new AudioInputStream(bytes, audio.getFormat(), AudioSystem.NOT_SPECIFIED);
        }
        return toPcm(audio);
    }

    private AudioInputStream parse(InputStream bytes, AudioHeader header) throws IOException {
        try {
            return AudioSystem.getAudioInputStream(bytes);
        } catch (UnsupportedAudioFileException e) {
            if (header.container() == Container.OTHER) {
                throw error(Reason.NOT_AUDIO, name() + " is not an audio file; " + ALLOWED, e);
            }
            throw unsupported("its coding", e);
        }
    }

    private PcmStream toPcm(AudioInputStream audio) {
        AudioFormat source = audio.getFormat();
        int channels = source.getChannels();
        int rate = Math.round(source.getSampleRate());
        if (rate < Resampler.MIN_RATE || rate > Resampler.MAX_RATE) {
            throw unsupported("its sample rate of " + rate + " Hz", null);
        }
        if (channels < 1 || channels > PcmConverter.MAX_CHANNELS) {
            throw unsupported("its number of channels, " + channels + ",", null);
        }
        AudioFormat target = new AudioFormat(source.getSampleRate(), Short.SIZE, channels, true, false);
        if (source.matches(target)) {
            return new PcmStream(audio, channels, rate);
        }
        try {
            return new PcmStream(AudioSystem.getAudioInputStream(target, audio), channels, rate);
        } catch (IllegalArgumentException e) {
            throw unsupported("its coding, " + oneLine(source.toString()) + ",", e);
        }
    }

    private AudioSourceException unsupported(String what, @Nullable Throwable cause) {
        return error(Reason.UNSUPPORTED, name() + ": " + what + " cannot be read; " + ALLOWED, cause);
    }

    private static AudioSourceException error(Reason reason, String message, @Nullable Throwable cause) {
        return new AudioSourceException(reason, message, cause);
    }

    private static void close(InputStream bytes, Throwable error) {
        try {
            bytes.close();
        } catch (IOException e) {
            error.addSuppressed(e);
        }
    }

    private String name() {
        return oneLine(file.toString());
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }

    /** Only reads: what the JDK does to skip and to count what is available fails on a pipe, with "Illegal seek". */
    private static final class ForwardOnly extends FilterInputStream {

        ForwardOnly(InputStream in) {
            super(in);
        }

        @Override
        public long skip(long n) throws IOException {
            return n <= 0 ? 0 : readNBytes((int) Math.min(n, 8_192)).length;
        }

        @Override
        public int available() {
            return 0;
        }
    }
}
