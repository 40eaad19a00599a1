package io.qwenasr.samples.cli;

import io.qwenasr.reactor.Transcriber;

/** Stands around the session of each input: the seam where a report is attached, see {@link TranscribeCommand}. */
interface Watch {

    /**
     * Begins to watch; several inputs can be under way at once.
     *
     * @param input whose audio it is
     * @param transcriber opens its session
     * @return one that does the same
     */
    Transcriber around(AudioInput input, Transcriber transcriber);
}
