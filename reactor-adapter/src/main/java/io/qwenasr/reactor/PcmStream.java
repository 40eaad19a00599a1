package io.qwenasr.reactor;

import java.io.InputStream;

/**
 * Interleaved signed 16-bit little-endian PCM.
 *
 * @param bytes the samples; to be closed by whoever reads them
 * @param channels channels per frame
 * @param sampleRate frames per second
 */
record PcmStream(InputStream bytes, int channels, int sampleRate) {

    static final int BYTES_PER_SAMPLE = 2;
}
