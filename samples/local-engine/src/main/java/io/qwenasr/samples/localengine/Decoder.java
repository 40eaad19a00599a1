package io.qwenasr.samples.localengine;

/** Turns the audio of one utterance into words. One thread at a time. */
interface Decoder extends AutoCloseable {

    /** Takes the next samples, at 16 kHz, from the beginning of the array. */
    void accept(short[] samples, int length);

    /** The words so far, separated by single blanks. */
    String partial();

    /** Ends a stretch of the utterance, so that its words are settled and its memory freed; more may follow. */
    void settle();

    /** Ends the utterance and returns its words. */
    String finish();

    /** Frees native memory. Closing again does nothing. */
    @Override
    void close();
}
