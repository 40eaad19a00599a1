package io.qwenasr.session;

import java.time.Duration;

/**
 * Limits and timeouts of a server session.
 *
 * @param maxQueuedAudioBytes how much audio may wait for the backend before reading from the client stops, at
 *     least 3,200; each append counts 128 bytes more than its audio
 * @param eventsInFlight how many events may wait for the socket before no more are requested, at least 1
 * @param idleTimeout how long a client may stay silent, or read nothing of what it is sent, positive; after
 *     {@code session.finish}, how long it may give no sign of life
 * @param backendTimeout how long the backend may make no progress although a result is due, positive: it takes
 *     none of the audio that waits, or says nothing after the audio is complete. A backend that waits for more
 *     audio, or for a client that does not read, has all the time it wants. The session ends with an
 *     {@code error} event and Close(1011) then
 * @param heartbeatInterval how long a client may be silent before it gets a Ping, positive; and how often it gets a
 *     Pong while it is not read from, and so its own Pings are not answered. It should be well under the time a
 *     client waits for a sign of life; a quarter of the idle timeout is used if that is less
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
        Duration backendTimeout,
        Duration heartbeatInterval,
        Duration finishedGrace,
        Duration closeTimeout) {

    /** The defaults: 1 MiB, 32 events, 180 s, 120 s, 5 s, 10 s, 1 s. */
    public static final ServerSessionSettings DEFAULTS = new ServerSessionSettings(
            1 << 20,
            32,
            Duration.ofSeconds(180),
            Duration.ofSeconds(120),
            Duration.ofSeconds(5),
            Duration.ofSeconds(10),
            Duration.ofSeconds(1));

    /** Refuses values out of range. */
    public ServerSessionSettings {
        Settings.requireAtLeast(maxQueuedAudioBytes, 3_200, "maxQueuedAudioBytes");
        Settings.requireAtLeast(eventsInFlight, 1, "eventsInFlight");
        Settings.requirePositive(idleTimeout, "idleTimeout");
        Settings.requirePositive(backendTimeout, "backendTimeout");
        Settings.requirePositive(heartbeatInterval, "heartbeatInterval");
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
        return new ServerSessionSettings(
                maxQueuedAudioBytes,
                eventsInFlight,
                idleTimeout,
                backendTimeout,
                heartbeatInterval,
                finishedGrace,
                closeTimeout);
    }

    /**
     * Sets {@link #eventsInFlight()}.
     *
     * @param eventsInFlight as described there
     * @return these settings with that value
     */
    public ServerSessionSettings withEventsInFlight(int eventsInFlight) {
        return new ServerSessionSettings(
                maxQueuedAudioBytes,
                eventsInFlight,
                idleTimeout,
                backendTimeout,
                heartbeatInterval,
                finishedGrace,
                closeTimeout);
    }

    /**
     * Sets {@link #idleTimeout()}.
     *
     * @param idleTimeout as described there
     * @return these settings with that value
     */
    public ServerSessionSettings withIdleTimeout(Duration idleTimeout) {
        return new ServerSessionSettings(
                maxQueuedAudioBytes,
                eventsInFlight,
                idleTimeout,
                backendTimeout,
                heartbeatInterval,
                finishedGrace,
                closeTimeout);
    }

    /**
     * Sets {@link #backendTimeout()}.
     *
     * @param backendTimeout as described there
     * @return these settings with that value
     */
    public ServerSessionSettings withBackendTimeout(Duration backendTimeout) {
        return new ServerSessionSettings(
                maxQueuedAudioBytes,
                eventsInFlight,
                idleTimeout,
                backendTimeout,
                heartbeatInterval,
                finishedGrace,
                closeTimeout);
    }

    /**
     * Sets {@link #heartbeatInterval()}.
     *
     * @param heartbeatInterval as described there
     * @return these settings with that value
     */
    public ServerSessionSettings withHeartbeatInterval(Duration heartbeatInterval) {
        return new ServerSessionSettings(
                maxQueuedAudioBytes,
                eventsInFlight,
                idleTimeout,
                backendTimeout,
                heartbeatInterval,
                finishedGrace,
                closeTimeout);
    }

    /**
     * Sets {@link #finishedGrace()}.
     *
     * @param finishedGrace as described there
     * @return these settings with that value
     */
    public ServerSessionSettings withFinishedGrace(Duration finishedGrace) {
        return new ServerSessionSettings(
                maxQueuedAudioBytes,
                eventsInFlight,
                idleTimeout,
                backendTimeout,
                heartbeatInterval,
                finishedGrace,
                closeTimeout);
    }

    /**
     * Sets {@link #closeTimeout()}.
     *
     * @param closeTimeout as described there
     * @return these settings with that value
     */
    public ServerSessionSettings withCloseTimeout(Duration closeTimeout) {
        return new ServerSessionSettings(
                maxQueuedAudioBytes,
                eventsInFlight,
                idleTimeout,
                backendTimeout,
                heartbeatInterval,
                finishedGrace,
                closeTimeout);
    }
}
