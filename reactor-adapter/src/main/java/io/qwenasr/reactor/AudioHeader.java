package io.qwenasr.reactor;

import io.qwenasr.audio.PcmConverter;
import io.qwenasr.audio.Resampler;

/**
 * What the header of an audio file says of the samples after it.
 *
 * @param coding how each sample is stored
 * @param channels samples per frame, in range
 * @param sampleRate frames per second, in range
 * @param bytes of samples, or {@link #OPEN}
 */
record AudioHeader(SampleCoding coding, int channels, int sampleRate, long bytes) {

    /** The length of a file whose writer did not know it: it goes on to the end. */
    static final long OPEN = Long.MAX_VALUE;

    static AudioHeader of(SampleCoding coding, int channels, long sampleRate, AudioErrors errors) {
        if (sampleRate < Resampler.MIN_RATE || sampleRate > Resampler.MAX_RATE) {
            throw errors.unsupported("sample rate of " + sampleRate + " Hz");
        }
        if (channels < 1 || channels > PcmConverter.MAX_CHANNELS) {
            throw errors.unsupported("number of channels, " + channels + ",");
        }
        return new AudioHeader(coding, channels, (int) sampleRate, OPEN);
    }

    AudioHeader withBytes(long length) {
        return new AudioHeader(coding, channels, sampleRate, length);
    }

    int frameBytes() {
        return channels * coding.bytes();
    }
}
