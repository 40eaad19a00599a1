package io.qwenasr.session;

import java.time.Duration;

/**
 * Limits and timeouts of a client session.
 *
 * @param windowBytes how many bytes of appends may wait for the socket before no more audio is requested, at
 *     least 1,024
 * @param windowAudio how much audio time may wait for the socket before no more is requested, positive
 * @param eventsAhead how many events may wait for the subscriber before no more audio is requested, at least 1
 * @param maxEvents how many events may wait for the subscriber before the session fails, at least eventsAhead
 * @param readyTimeout how long the service may take to accept the configuration, positive
 * @param finishTimeout how long the service may stay silent while the last results are awaited, positive
 * @param closeTimeout how long the peer's answer to a Close frame is awaited before the connection is cut,
 *     positive
 * @since 0.1.0
 */
public record ClientSessionSettings(
        int windowBytes,
        Duration windowAudio,
        int eventsAhead,
        int maxEvents,
        Duration readyTimeout,
        Duration finishTimeout,
        Duration closeTimeout) {

    /**
     * The defaults: 64 KiB, 2 s of audio, 16 events, 4,096 events, 10 s, 30 s, 1 s.
     */
    public static final ClientSessionSettings DEFAULTS = new ClientSessionSettings(
            65_536,
            Duration.ofSeconds(2),
            16,
            4_096,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(1));

    /** Refuses values out of range. */
    public ClientSessionSettings {
        Settings.requireAtLeast(windowBytes, 1_024, "windowBytes");
        Settings.requirePositive(windowAudio, "windowAudio");
        Settings.requireAtLeast(eventsAhead, 1, "eventsAhead");
        Settings.requireAtLeast(maxEvents, eventsAhead, "maxEvents");
        Settings.requirePositive(readyTimeout, "readyTimeout");
        Settings.requirePositive(finishTimeout, "finishTimeout");
        Settings.requirePositive(closeTimeout, "closeTimeout");
    }
}
