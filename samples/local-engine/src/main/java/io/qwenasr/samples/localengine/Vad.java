package io.qwenasr.samples.localengine;

/** Tells how likely a frame of audio is speech; keeps state from frame to frame. One thread at a time. */
interface Vad extends AutoCloseable {

    /** Samples in a frame: 32 ms at 16 kHz. */
    int FRAME = 512;

    /**
     * Looks at the next frame.
     *
     * @param frame {@link #FRAME} samples at 16 kHz
     * @return probability of speech, 0 to 1
     */
    float probability(short[] frame);

    @Override
    void close();
}
