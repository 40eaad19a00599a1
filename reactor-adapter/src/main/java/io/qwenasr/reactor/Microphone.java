package io.qwenasr.reactor;

import io.qwenasr.audio.PcmConverter;
import io.qwenasr.reactor.AudioSourceException.Reason;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import javax.sound.sampled.AudioFormat;
import javax.sound.sampled.DataLine;
import javax.sound.sampled.LineUnavailableException;
import javax.sound.sampled.TargetDataLine;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;

/**
 * Opens a microphone at the rate wanted, or at one that most devices have.
 *
 * @param nanos a clock, as {@link System#nanoTime}
 */
record Microphone(RecordingDevices devices, int targetRate, LongSupplier nanos) implements PcmSource {

    /**
     * 20 ms, less than the 100 ms of recordings: a chunk comes when its last sample was spoken, and a boundary drawn
     * here, as for push-to-talk, is as exact as the chunks are short.
     */
    static final int CHUNKS_PER_SECOND = 50;

    /** A chunk of the largest format that is tried: 48 kHz, two channels. */
    private static final int BLOCK_BYTES = 48_000 / CHUNKS_PER_SECOND * 2 * Short.BYTES;

    private static final List<Integer> USUAL_RATES = List.of(48_000, 44_100);

    @Override
    public InputStream open() {
        List<AudioFormat> formats = formats();
        Exception first = null;
        for (AudioFormat format : formats) {
            try {
                DataLine.Info info = new DataLine.Info(TargetDataLine.class, format);
                if (devices.supports(info)) {
                    return open(devices.line(info), format);
                }
            } catch (LineUnavailableException | RuntimeException e) {
                first = first == null ? e : first;
            }
        }
        throw unavailable(first);
    }

    /** The formats to try, best first. */
    private List<AudioFormat> formats() {
        Set<Integer> rates = new LinkedHashSet<>(List.of(targetRate));
        rates.addAll(USUAL_RATES);
        List<AudioFormat> formats = new ArrayList<>();
        for (int channels = 1; channels <= 2; channels++) {
            for (int rate : rates) {
                formats.add(new AudioFormat(rate, Short.SIZE, channels, true, false));
            }
        }
        return formats;
    }

    private InputStream open(TargetDataLine line, AudioFormat format) throws LineUnavailableException {
        int rate = (int) format.getSampleRate();
        try {
            line.open(format, MicrophoneStream.LINE_SECONDS * rate * format.getFrameSize());
        } catch (LineUnavailableException | RuntimeException e) {
            line.close();
            throw e;
        }
        return new MicrophoneStream(line, devices.name(), nanos);
    }

    private AudioSourceException unavailable(@Nullable Exception cause) {
        List<String> all = devices.all();
        if (all.isEmpty()) {
            return new AudioSourceException(
                    Reason.NO_MICROPHONE, "there is no microphone: no device here can be recorded from", cause);
        }
        String why = cause == null
                ? "it offers 16-bit PCM neither at " + targetRate + " Hz nor at one of " + USUAL_RATES
                        + " Hz, with one channel or two"
                : String.valueOf(cause.getMessage());
        return new AudioSourceException(
                Reason.NO_MICROPHONE,
                devices.name() + " cannot be opened: " + why + "; the devices to record from are " + all,
                cause);
    }

    @Override
    public RuntimeException failure(Exception cause) {
        if (cause instanceof RuntimeException named
                && (cause instanceof AudioSourceException || Exceptions.isOverflow(cause))) {
            return named;
        }
        return new AudioSourceException(
                Reason.UNREADABLE, "cannot read " + devices.name() + ": " + cause.getMessage(), cause);
    }

    @Override
    public PcmDecoder decoder(InputStream opened, int wanted) {
        AudioFormat format = ((MicrophoneStream) opened).format();
        return new RawPcmDecoder(PcmConverter.create(format.getChannels(), (int) format.getSampleRate(), wanted));
    }

    @Override
    public int blockBytes() {
        return BLOCK_BYTES;
    }

    @Override
    public boolean looksAhead() {
        return false;
    }

    @Override
    public int chunksPerSecond() {
        return CHUNKS_PER_SECOND;
    }
}
