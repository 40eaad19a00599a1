package io.qwenasr.reactor.resume;

import io.qwenasr.TranscriptionEvent;
import java.util.List;
import java.util.function.Consumer;

/**
 * Tells what the sessions' events mean for the whole: which to deliver, under which ids, and what is settled. Used by
 * one thread at a time; the positions may be read by others.
 */
interface UtteranceTracker {

    /**
     * A session begins to hear audio, from where the one before it was {@linkplain SessionUtterances#handOver told to
     * hand over}, or, after a failure, from where nothing is settled.
     *
     * @param timeline turns its positions
     * @param session its number, from 1
     */
    SessionUtterances begin(SessionTimeline timeline, int session);

    /**
     * All sessions are gone: what has no result is for the next one.
     *
     * @param kept from where the audio is still there
     * @param to is told of utterances that are gone
     */
    void onLost(long kept, Consumer<TranscriptionEvent> to);

    /** Tells up to where all was dealt with, in bytes of the tape. */
    long settled();

    /** Tells from where something is known to be said that has no result yet; the greatest value if nothing is. */
    long openFrom();

    /** Tells up to where sessions have told of what they heard. */
    long reported();

    /** Returns what is still to be said of utterances that later sessions heard as parts of others, or not at all. */
    List<TranscriptionEvent> leftOver();
}
