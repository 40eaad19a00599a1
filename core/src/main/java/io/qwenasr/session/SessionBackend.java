package io.qwenasr.session;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import org.reactivestreams.Publisher;

/**
 * Whatever transcribes behind a {@link ServerSession}.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SessionBackend {

    /**
     * Begins to transcribe; called on the event loop when the first audio of a session arrives, and must not
     * block.
     *
     * @param audio the client's audio and, in manual mode, commits; for one subscriber; completes when the
     *     client finishes
     * @param options the session's effective configuration
     * @return the events; subscribed once, requested as the client reads them, cancelled when it goes away
     */
    Publisher<TranscriptionEvent> transcribe(Publisher<AudioSignal> audio, SessionOptions options);
}
