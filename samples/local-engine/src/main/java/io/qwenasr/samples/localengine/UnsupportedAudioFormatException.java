package io.qwenasr.samples.localengine;

import io.qwenasr.AudioFormat;

/**
 * The session's audio format is none that the local engine can decode.
 *
 * @since 0.1.0
 */
public final class UnsupportedAudioFormatException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    UnsupportedAudioFormatException(AudioFormat format) {
        super("the local engine takes 16-bit PCM at 8000 or 16000 Hz, not "
                + format.encoding().wireName() + "; decode the audio first");
    }
}
