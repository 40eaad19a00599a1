package io.qwenasr.reactor;

import java.nio.ByteBuffer;

/** Finds in the audio of one stream where its utterances end. Sees each sample once, in order. */
interface BoundaryFinder {

    /** No boundary in the audio. */
    int NONE = -1;

    /** Finds nothing: the boundaries come from elsewhere. */
    BoundaryFinder NOTHING = (audio, uttered) -> NONE;

    /**
     * Looks for the first boundary.
     *
     * @param audio whole samples, at least one, whose position stays; those after a boundary are shown again by the next
     *     call
     * @param uttered bytes of the utterance before this audio
     * @return how many bytes, at least one sample, come before the boundary, or {@link #NONE}
     */
    int find(ByteBuffer audio, long uttered);

    /** An utterance was committed, at a boundary found here or elsewhere. */
    default void onCommit() {}
}
