package io.qwenasr.samples.localengine;

/** Cuts a session's audio into utterances and tells of them. One thread at a time. */
interface Turns extends AutoCloseable {

    /** Takes the next samples, at 16 kHz. */
    void audio(short[] samples);

    void commit();

    void clear();

    /** Ends the audio: the utterance under way, if any, is ended too. */
    void finish();

    /** Frees everything, in whatever state. */
    @Override
    void close();
}
