package io.qwenasr.session;

import java.time.Duration;

/**
 * Limits and timeouts of a server session.
 *
 * @param maxQueuedAudioBytes how much audio may wait for the backend before reading from the client stops, at
 *     least 3,200; each append counts 128 bytes more than its audio
 * @param eventsInFlight how many events may wait for the socket before no more are requested, at least 1
 * @param idleTimeout how long a client may stay silent, or read nothing of what it is sent, positive
 * @param finishedGrace how long a client may take to close after {@code session.finished}, positive; the
 *     official Java SDK fails if the server closes first
 * @param closeTimeout how long the peer's answer to a Close frame is awaited before the connection is cut,
 *     positive
 * @since 0.1.0
 */
public record ServerSessionSettings(
        int maxQueuedAudioBytes,
        int eventsInFlight,
        Duration idleTimeout,
        Duration finishedGrace,
        Duration closeTimeout) {

    /** The defaults: 1 MiB, 32 events, 180 s, 10 s, 1 s. */
    public static final ServerSessionSettings DEFAULTS = new ServerSessionSettings(
            1 << 20, 32, Duration.ofSeconds(180), Duration.ofSeconds(10), Duration.ofSeconds(1));

    /** Refuses values out of range. */
    public ServerSessionSettings {
        Settings.requireAtLeast(maxQueuedAudioBytes, 3_200, "maxQueuedAudioBytes");
        Settings.requireAtLeast(eventsInFlight, 1, "eventsInFlight");
        Settings.requirePositive(idleTimeout, "idleTimeout");
        Settings.requirePositive(finishedGrace, "finishedGrace");
        Settings.requirePositive(closeTimeout, "closeTimeout");
    }

    /**
     * Sets {@link #maxQueuedAudioBytes()}.
     *
     * @param maxQueuedAudioBytes as described there
     * @return these settings with that value
     */
    public ServerSessionSettings withMaxQueuedAudioBytes(int maxQueuedAudioBytes) {
        return new ServerSessionSettings(maxQueuedAudioBytes, eventsInFlight, idleTimeout, finishedGrace, closeTimeout);
    }

    /**
     * Sets {@link #eventsInFlight()}.
     *
     * @param eventsInFlight as described there
     * @return these settings with that value
     */
    public ServerSessionSettings withEventsInFlight(int eventsInFlight) {
        return new ServerSessionSettings(maxQueuedAudioBytes, eventsInFlight, idleTimeout, finishedGrace, closeTimeout);
    }

    /**
     * Sets {@link #idleTimeout()}.
     *
     * @param idleTimeout as described there
     * @return these settings with that value
     */
    public ServerSessionSettings withIdleTimeout(Duration idleTimeout) {
        return new ServerSessionSettings(maxQueuedAudioBytes, eventsInFlight, idleTimeout, finishedGrace, closeTimeout);
    }

    /**
     * Sets {@link #finishedGrace()}.
     *
     * @param finishedGrace as described there
     * @return these settings with that value
     */
    public ServerSessionSettings withFinishedGrace(Duration finishedGrace) {
        return new ServerSessionSettings(maxQueuedAudioBytes, eventsInFlight, idleTimeout, finishedGrace, closeTimeout);
    }

    /**
     * Sets {@link #closeTimeout()}.
     *
     * @param closeTimeout as described there
     * @return these settings with that value
     */
    public ServerSessionSettings withCloseTimeout(Duration closeTimeout) {
        return new ServerSessionSettings(maxQueuedAudioBytes, eventsInFlight, idleTimeout, finishedGrace, closeTimeout);
    }
}
