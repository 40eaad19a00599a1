package io.qwenasr.reactor.resume;

import io.qwenasr.TranscriptionEvent;
import java.util.function.Consumer;

/** The utterances that one session has to bring the results of. */
interface SessionUtterances {

    /** Hands on what the event means to the subscriber, if anything. */
    void onEvent(TranscriptionEvent event, Consumer<TranscriptionEvent> to);

    /** Tells whether it has heard the end of each utterance whose begin it has heard. */
    boolean isBetween();

    /**
     * The session is sent no more audio. Utterances whose end it has not heard, and what it may still find, are for the
     * next session, unless that cannot hear them any more: then they stay with this one, as far as it was sent the audio.
     *
     * @param end up to where it was sent the audio; in manual mode, whole utterances
     * @param heardFrom from where the audio is kept, or what lies before was dealt with
     * @return from where the next session has to listen, not after the end
     */
    long handOver(long end, long heardFrom);

    /**
     * The session has come to its end without an error.
     *
     * @return whether each utterance that it announced has its result
     */
    boolean complete();

    /** Tells whether each utterance that is left to it has its result. */
    boolean isDone();
}
