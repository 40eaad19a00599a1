package io.qwenasr.reactor;

import java.io.InputStream;

/** Where the bytes of audio come from, what they are, and what failures are called. */
interface PcmSource {

    /** Opens the stream anew. Blocks. */
    InputStream open() throws Exception;

    /** Returns a decoder for a stream that was opened here. */
    PcmDecoder decoder(InputStream opened, int targetRate);

    /** Names a failure to open or to read; one that is named already is returned as it is. */
    RuntimeException failure(Exception cause);

    /** How many bytes to read at most at a time. */
    int blockBytes();

    /**
     * Whether to read past a full chunk to see if it is the last one. Completion then comes with the last
     * chunk; but a chunk of a live stream would have to wait for its successor.
     */
    boolean looksAhead();

    /** How many full chunks make a second. */
    default int chunksPerSecond() {
        return PcmChunks.PER_SECOND;
    }
}
