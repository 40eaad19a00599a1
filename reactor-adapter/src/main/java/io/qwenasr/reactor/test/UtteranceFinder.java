package io.qwenasr.reactor.test;

import java.nio.ByteBuffer;

/** Finds the utterances in what a session hears. Positions are bytes of audio from the start of the session. */
interface UtteranceFinder {

    /**
     * A part of the audio.
     *
     * @param from position of its first byte
     * @param to position after its last byte
     * @param crc32 of the bytes between
     */
    record Span(long from, long to, long crc32) {}

    /** Told of each utterance, at once. */
    interface Listener {
        void began(long from);

        /** Half a second more of the utterance has come. */
        void progressed(Span soFar);

        void ended(Span whole);
    }

    /** Takes all bytes of a buffer. */
    void read(ByteBuffer audio);

    /** Ends the utterance that is open, if one is. */
    void boundary();

    /** Forgets the utterance that is open, if one is. */
    void drop();
}
