package io.qwenasr.reactor.observation;

import io.micrometer.observation.Observation;
import io.qwenasr.SessionOptions;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * What is known of a session while it is observed, for conventions and handlers.
 *
 * <p>It changes while the session goes on, on the threads of the session; what it tells is complete once the
 * observation stops.
 *
 * @since 0.1.0
 */
public final class SessionObservationContext extends Observation.Context {

    /**
     * How a session ended.
     *
     * @since 0.1.0
     */
    public enum Outcome {
        /** All audio was transcribed. */
        COMPLETED,
        /** The subscriber went away. */
        CANCELLED,
        /** The session failed. */
        FAILED
    }

    private final SessionOptions options;
    private volatile @Nullable String sessionId;
    private volatile @Nullable String model;
    private volatile @Nullable Outcome outcome;
    private volatile Duration audio = Duration.ZERO;
    private volatile int reconnects;

    SessionObservationContext(SessionOptions options) {
        this.options = options;
        this.model = options.model();
    }

    /**
     * Returns what the session was asked for.
     *
     * @return the options
     */
    public SessionOptions options() {
        return options;
    }

    /**
     * Returns the service's id of the session; after a reconnect that of the latest one.
     *
     * @return the id, or null as long as there is none
     */
    public @Nullable String sessionId() {
        return sessionId;
    }

    /**
     * Returns the model, as the service names it, or else as it was asked for.
     *
     * @return the model, or null where neither names one
     */
    public @Nullable String model() {
        return model;
    }

    /**
     * Tells how the session ended.
     *
     * @return the outcome, or null while it goes on
     */
    public @Nullable Outcome outcome() {
        return outcome;
    }

    /**
     * Tells how much audio the transcriber took; known once the session has ended.
     *
     * @return the playing time, zero for Opus
     */
    public Duration audio() {
        return audio;
    }

    /**
     * Tells how often the session was opened anew by a {@link io.qwenasr.reactor.resume.ResumingTranscriber}.
     *
     * @return the number of reconnects so far
     */
    public int reconnects() {
        return reconnects;
    }

    void ready(String id, @Nullable String named) {
        sessionId = id;
        if (named != null) {
            model = named;
        }
    }

    /** Events come one at a time. */
    @SuppressWarnings("NonAtomicVolatileUpdate")
    void reconnected(String id) {
        sessionId = id;
        reconnects++;
    }

    void ended(Outcome how, Duration taken) {
        outcome = how;
        audio = taken;
    }
}
