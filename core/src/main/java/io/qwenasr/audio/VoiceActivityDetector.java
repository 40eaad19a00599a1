package io.qwenasr.audio;

/**
 * Tells speech from silence, one frame of audio after the other.
 *
 * <p>An instance follows one stream: it is given all of the stream's frames once, in order, without a gap, by
 * one thread at a time, and may judge a frame by those before it. Its answers must follow from the samples
 * alone, so that the same audio is cut at the same places each time.
 *
 * <p>It is asked on the thread that brings the audio, so it must not block. What it throws ends the stream with
 * that error.
 *
 * @since 0.1.0
 */
public interface VoiceActivityDetector {

    /**
     * Returns the rate of the audio that it judges.
     *
     * @return samples per second
     */
    int sampleRate();

    /**
     * Returns the length of a frame. It never changes.
     *
     * @return samples in each frame, at least 1
     */
    int frameSamples();

    /**
     * Judges the next frame.
     *
     * @param frame {@link #frameSamples()} samples of 16-bit mono PCM; lent until the method returns, since the
     *     next frame comes in the same array
     * @return true for speech
     */
    boolean isSpeech(short[] frame);
}
