package io.qwenasr.reactor.test;

import io.qwenasr.AudioSignal;

/** Decides what a session says to what it is given. Called by one thread at a time, in the order of the signals. */
interface Director {

    void onStart();

    /**
     * A signal has come.
     *
     * @param signal as it came; the buffer of a chunk is a read-only copy
     */
    void onSignal(AudioSignal signal);

    /** No more signals come. The session completes once nothing is planned any more. */
    void onAudioComplete();
}
