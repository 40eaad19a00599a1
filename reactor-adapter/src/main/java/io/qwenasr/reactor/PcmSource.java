package io.qwenasr.reactor;

import org.jspecify.annotations.Nullable;

/** Where PCM comes from, and what its failures are called. */
interface PcmSource {

    /** Opens the stream anew. Blocks. */
    PcmStream open() throws Exception;

    /** Names a failure to open or to read; one that is named already is returned as it is. */
    RuntimeException failure(Exception cause);

    /** The error of a stream without samples, or null where that is no error. */
    @Nullable RuntimeException empty();

    /**
     * Whether to read past a full chunk to see if it is the last one. Completion then comes with the last
     * chunk; but a chunk of a live stream would have to wait for its successor.
     */
    boolean looksAhead();
}
