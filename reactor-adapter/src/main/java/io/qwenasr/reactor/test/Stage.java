package io.qwenasr.reactor.test;

import io.qwenasr.TranscriptionEvent;
import java.time.Duration;

/** What a {@link Director} can do. To be called by its methods and by what it plans. */
interface Stage {

    /** Emits an event, as soon as it is requested. */
    void emit(TranscriptionEvent event);

    /** Completes after what was emitted so far; what is planned will not happen. */
    void complete();

    /** Fails after what was emitted so far; what is planned will not happen. */
    void fail(Throwable error);

    /** The session will not complete because its audio does. */
    void hang();

    /** Requests no more signals. */
    void stopListening();

    /** Tells the time since the start of the session. */
    Duration now();

    /** Does something later, unless the session is over by then. */
    void later(Duration delay, Runnable action);
}
