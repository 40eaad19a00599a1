package io.qwenasr.reactor;

import io.qwenasr.audio.PcmConverter;
import io.qwenasr.audio.Resampler;
import io.qwenasr.reactor.AudioSourceException.Reason;
import org.jspecify.annotations.Nullable;

/**
 * What can be wrong with one source of audio.
 *
 * @param subject what messages call the source
 */
record AudioErrors(String subject) {

    /** Of files that have no name. */
    static final AudioErrors STREAM = new AudioErrors("the stream");

    /** Of what is no file. */
    static final AudioErrors RAW = new AudioErrors("raw audio");

    private static final String ALLOWED = "allowed are WAV, AIFF and AU with PCM of 8 to 32 bits, float, mu-law or"
            + " A-law, " + Resampler.MIN_RATE + " to " + Resampler.MAX_RATE + " Hz, at most "
            + PcmConverter.MAX_CHANNELS + " channels";

    AudioErrors {
        subject = oneLine(subject);
    }

    AudioSourceException noBytes() {
        return error(Reason.EMPTY, subject + " is empty", null);
    }

    AudioSourceException noSamples() {
        return error(Reason.EMPTY, subject + " holds no audio samples", null);
    }

    AudioSourceException cutHeader(String kind) {
        return error(Reason.TRUNCATED_HEADER, subject + " ends inside its " + kind + " header", null);
    }

    AudioSourceException notAudio() {
        return error(Reason.NOT_AUDIO, subject + " is not an audio file; " + ALLOWED, null);
    }

    AudioSourceException unsupported(String what) {
        return error(Reason.UNSUPPORTED, subject + ": its " + what + " cannot be read; " + ALLOWED, null);
    }

    AudioSourceException noSuchChannel(int channel, int channels) {
        String has = channels == 1 ? "1 channel, number 0" : channels + " channels, numbers 0 to " + (channels - 1);
        return error(Reason.NO_SUCH_CHANNEL, subject + " has no channel number " + channel + "; it has " + has, null);
    }

    AudioSourceException notFound(Exception cause) {
        return error(Reason.NOT_FOUND, "no such file: " + subject, cause);
    }

    AudioSourceException directory() {
        return error(Reason.NOT_A_FILE, subject + " is a directory, not an audio file", null);
    }

    AudioSourceException unreadable(@Nullable String why, Exception cause) {
        return error(Reason.UNREADABLE, "cannot read " + subject + ": " + oneLine(String.valueOf(why)), cause);
    }

    /** Names a failure; one that is named already is returned as it is. */
    AudioSourceException named(Exception cause) {
        return cause instanceof AudioSourceException named ? named : unreadable(cause.getMessage(), cause);
    }

    private static AudioSourceException error(Reason reason, String message, @Nullable Exception cause) {
        return new AudioSourceException(reason, message, cause);
    }

    private static String oneLine(String text) {
        return text.replaceAll("\\p{Cntrl}", "?");
    }
}
