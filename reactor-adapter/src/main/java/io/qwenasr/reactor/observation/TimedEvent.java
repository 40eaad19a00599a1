package io.qwenasr.reactor.observation;

import io.qwenasr.TranscriptionEvent;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An event of a session, and if it is a {@link TranscriptionEvent.Final}, how late it was.
 *
 * @param event the event as it came
 * @param latency the latencies of the utterance that the event ends; null with all events but finals
 * @since 0.1.0
 */
public record TimedEvent(TranscriptionEvent event, @Nullable UtteranceLatency latency) {
    /** Refuses a missing event. */
    public TimedEvent {
        Objects.requireNonNull(event, "event");
    }
}
