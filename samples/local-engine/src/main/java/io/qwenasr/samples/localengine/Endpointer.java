package io.qwenasr.samples.localengine;

/**
 * Finds where speech begins and ends from one speech probability per frame. Positions are samples at 16 kHz
 * since the first frame.
 */
final class Endpointer {

    /** What a frame changed. */
    enum Change {
        NONE,
        /** Speech is confirmed; it began at {@link #start()}. */
        STARTED,
        /** Speech ended at {@link #end()}. */
        STOPPED,
        /** Speech went on too long and is cut at {@link #end()}, where the next utterance starts at once. */
        CUT
    }

    /** Frames of speech that make an utterance: 128 ms, more than a click and less than a short word. */
    static final int CONFIRMING_FRAMES = 4;

    /** From this length on a short pause suffices to end the utterance: 20 s. */
    static final long LONG_SPEECH = 20 * Pcm.RATE;

    /** The pause that suffices then: 200 ms, the protocol's shortest. */
    static final long SHORT_SILENCE = Pcm.RATE / 5;

    /** An utterance is never longer: 30 s. */
    static final long LONGEST_SPEECH = 30 * Pcm.RATE;

    private static final long NOWHERE = -1;

    private final VadSensitivity sensitivity;
    private final long silence;
    private boolean speaking;
    private int speechFrames;
    private long position;
    private long start = NOWHERE;
    private long silenceStart = NOWHERE;
    private long end;

    Endpointer(VadSensitivity sensitivity, long silenceSamples) {
        this.sensitivity = sensitivity;
        this.silence = silenceSamples;
    }

    Change accept(float probability) {
        long frameStart = position;
        position += Vad.FRAME;
        return speaking ? listen(probability, frameStart) : await(probability, frameStart);
    }

    private Change await(float probability, long frameStart) {
        if (probability < sensitivity.exit()) {
            speechFrames = 0;
            start = NOWHERE;
        } else if (probability >= sensitivity.enter()) {
            if (start == NOWHERE) {
                start = frameStart;
            }
            if (++speechFrames >= CONFIRMING_FRAMES) {
                speaking = true;
                silenceStart = NOWHERE;
                return Change.STARTED;
            }
        }
        return Change.NONE;
    }

    private Change listen(float probability, long frameStart) {
        if (probability >= sensitivity.enter()) {
            silenceStart = NOWHERE;
        } else if (probability < sensitivity.exit() && silenceStart == NOWHERE) {
            silenceStart = frameStart;
        }
        if (silenceStart != NOWHERE && position - silenceStart >= silenceThatEnds()) {
            end = silenceStart;
            reset();
            return Change.STOPPED;
        }
        if (position - start >= LONGEST_SPEECH) {
            end = position;
            start = position;
            silenceStart = NOWHERE;
            return Change.CUT;
        }
        return Change.NONE;
    }

    private long silenceThatEnds() {
        return position - start >= LONG_SPEECH ? Math.min(silence, SHORT_SILENCE) : silence;
    }

    /** Ends the audio {@code total} samples after its beginning; tells whether that ends an utterance. */
    Change finish(long total) {
        if (!speaking) {
            return Change.NONE;
        }
        end = silenceStart == NOWHERE ? total : Math.min(silenceStart, total);
        reset();
        return Change.STOPPED;
    }

    private void reset() {
        speaking = false;
        speechFrames = 0;
        start = NOWHERE;
        silenceStart = NOWHERE;
    }

    boolean isSpeaking() {
        return speaking;
    }

    long start() {
        return start;
    }

    long end() {
        return end;
    }
}
