package io.qwenasr.session;

import java.time.Duration;

/**
 * Limits and timeouts of a client session.
 *
 * <p>Made from the defaults: {@code ClientSessionSettings.DEFAULTS.withMinAppend(Duration.ofMillis(100))}.
 *
 * @param windowBytes how many bytes of appends may wait for the socket before no more audio is requested, at
 *     least 1,024
 * @param windowAudio how much audio time may wait for the socket before no more is requested, positive
 * @param minAppend how much audio an append should hold: PCM chunks shorter than this are put together, but
 *     none waits longer for others than this time; zero to 1 s, zero to send each as it comes
 * @param eventsAhead how many events may wait for the subscriber before no more audio is requested, at least 1
 * @param maxEvents how many events may wait for the subscriber before the session fails, at least eventsAhead
 * @param readyTimeout how long the service may take to accept the configuration, positive
 * @param finishTimeout how long the service may stay silent while the last results are awaited, positive
 * @param resultTimeout how long the service may send no event while it owes a result: while an utterance has
 *     ended, or a commit was sent, and the transcript is not there; positive. It is noticed within twice that
 *     time
 * @param keepAliveInterval how long the service may be silent before it is sent a Ping; zero to send none.
 *     Whatever arrives counts, and is looked for once in that time
 * @param keepAliveTimeout how long it may then take to send anything, before it is taken for dead, positive; counted
 *     from when the Ping was written to the socket, which waits while the service takes nothing
 * @param silenceInterval sends 100 ms of silence each time that the source has brought no audio for that long,
 *     for a service that ends sessions without audio, or to let it hear that an utterance is over; at least
 *     100 ms, where it fills pauses in real time; zero to send none. PCM and server-side turn detection only.
 *     Positions do not count it
 * @param closeTimeout how long the peer's answer to a Close frame is awaited before the connection is cut,
 *     positive
 * @since 0.1.0
 */
public record ClientSessionSettings(
        int windowBytes,
        Duration windowAudio,
        Duration minAppend,
        int eventsAhead,
        int maxEvents,
        Duration readyTimeout,
        Duration finishTimeout,
        Duration resultTimeout,
        Duration keepAliveInterval,
        Duration keepAliveTimeout,
        Duration silenceInterval,
        Duration closeTimeout) {

    private static final Duration MIN_SILENCE_INTERVAL = Duration.ofMillis(100);
    private static final Duration MAX_MIN_APPEND = Duration.ofSeconds(1);

    /**
     * The defaults: 64 KiB, 2 s of audio, 20 ms (one packet of telephony), 16 events, 4,096 events, 10 s, 30 s,
     * 60 s for a result, a Ping after 10 s and 10 s for its answer, no silence, 1 s.
     */
    public static final ClientSessionSettings DEFAULTS = new ClientSessionSettings(
            65_536,
            Duration.ofSeconds(2),
            Duration.ofMillis(20),
            16,
            4_096,
            Duration.ofSeconds(10),
            Duration.ofSeconds(30),
            Duration.ofSeconds(60),
            Duration.ofSeconds(10),
            Duration.ofSeconds(10),
            Duration.ZERO,
            Duration.ofSeconds(1));

    /** Refuses values out of range. */
    public ClientSessionSettings {
        Settings.requireAtLeast(windowBytes, 1_024, "windowBytes");
        Settings.requirePositive(windowAudio, "windowAudio");
        if (minAppend.isNegative() || minAppend.compareTo(MAX_MIN_APPEND) > 0) {
            throw new IllegalArgumentException("minAppend must be zero to 1 s, not " + minAppend);
        }
        Settings.requireAtLeast(eventsAhead, 1, "eventsAhead");
        Settings.requireAtLeast(maxEvents, eventsAhead, "maxEvents");
        Settings.requirePositive(readyTimeout, "readyTimeout");
        Settings.requirePositive(finishTimeout, "finishTimeout");
        Settings.requirePositive(resultTimeout, "resultTimeout");
        Settings.requireNotNegative(keepAliveInterval, "keepAliveInterval");
        Settings.requirePositive(keepAliveTimeout, "keepAliveTimeout");
        if (!silenceInterval.isZero() && silenceInterval.compareTo(MIN_SILENCE_INTERVAL) < 0) {
            throw new IllegalArgumentException(
                    "silenceInterval must be zero or at least 100 ms, not " + silenceInterval);
        }
        Settings.requirePositive(closeTimeout, "closeTimeout");
    }

    /**
     * Sets {@link #windowBytes()}.
     *
     * @param windowBytes as described there
     * @return these settings with that value
     */
    public ClientSessionSettings withWindowBytes(int windowBytes) {
        return new ClientSessionSettings(
                windowBytes,
                windowAudio,
                minAppend,
                eventsAhead,
                maxEvents,
                readyTimeout,
                finishTimeout,
                resultTimeout,
                keepAliveInterval,
                keepAliveTimeout,
                silenceInterval,
                closeTimeout);
    }

    /**
     * Sets {@link #windowAudio()}.
     *
     * @param windowAudio as described there
     * @return these settings with that value
     */
    public ClientSessionSettings withWindowAudio(Duration windowAudio) {
        return new ClientSessionSettings(
                windowBytes,
                windowAudio,
                minAppend,
                eventsAhead,
                maxEvents,
                readyTimeout,
                finishTimeout,
                resultTimeout,
                keepAliveInterval,
                keepAliveTimeout,
                silenceInterval,
                closeTimeout);
    }

    /**
     * Sets {@link #minAppend()}.
     *
     * @param minAppend as described there
     * @return these settings with that value
     */
    public ClientSessionSettings withMinAppend(Duration minAppend) {
        return new ClientSessionSettings(
                windowBytes,
                windowAudio,
                minAppend,
                eventsAhead,
                maxEvents,
                readyTimeout,
                finishTimeout,
                resultTimeout,
                keepAliveInterval,
                keepAliveTimeout,
                silenceInterval,
                closeTimeout);
    }

    /**
     * Sets {@link #eventsAhead()}.
     *
     * @param eventsAhead as described there
     * @return these settings with that value
     */
    public ClientSessionSettings withEventsAhead(int eventsAhead) {
        return new ClientSessionSettings(
                windowBytes,
                windowAudio,
                minAppend,
                eventsAhead,
                maxEvents,
                readyTimeout,
                finishTimeout,
                resultTimeout,
                keepAliveInterval,
                keepAliveTimeout,
                silenceInterval,
                closeTimeout);
    }

    /**
     * Sets {@link #maxEvents()}.
     *
     * @param maxEvents as described there
     * @return these settings with that value
     */
    public ClientSessionSettings withMaxEvents(int maxEvents) {
        return new ClientSessionSettings(
                windowBytes,
                windowAudio,
                minAppend,
                eventsAhead,
                maxEvents,
                readyTimeout,
                finishTimeout,
                resultTimeout,
                keepAliveInterval,
                keepAliveTimeout,
                silenceInterval,
                closeTimeout);
    }

    /**
     * Sets {@link #readyTimeout()}.
     *
     * @param readyTimeout as described there
     * @return these settings with that value
     */
    public ClientSessionSettings withReadyTimeout(Duration readyTimeout) {
        return new ClientSessionSettings(
                windowBytes,
                windowAudio,
                minAppend,
                eventsAhead,
                maxEvents,
                readyTimeout,
                finishTimeout,
                resultTimeout,
                keepAliveInterval,
                keepAliveTimeout,
                silenceInterval,
                closeTimeout);
    }

    /**
     * Sets {@link #finishTimeout()}.
     *
     * @param finishTimeout as described there
     * @return these settings with that value
     */
    public ClientSessionSettings withFinishTimeout(Duration finishTimeout) {
        return new ClientSessionSettings(
                windowBytes,
                windowAudio,
                minAppend,
                eventsAhead,
                maxEvents,
                readyTimeout,
                finishTimeout,
                resultTimeout,
                keepAliveInterval,
                keepAliveTimeout,
                silenceInterval,
                closeTimeout);
    }

    /**
     * Sets {@link #resultTimeout()}.
     *
     * @param resultTimeout as described there
     * @return these settings with that value
     */
    public ClientSessionSettings withResultTimeout(Duration resultTimeout) {
        return new ClientSessionSettings(
                windowBytes,
                windowAudio,
                minAppend,
                eventsAhead,
                maxEvents,
                readyTimeout,
                finishTimeout,
                resultTimeout,
                keepAliveInterval,
                keepAliveTimeout,
                silenceInterval,
                closeTimeout);
    }

    /**
     * Sets {@link #keepAliveInterval()}.
     *
     * @param keepAliveInterval as described there
     * @return these settings with that value
     */
    public ClientSessionSettings withKeepAliveInterval(Duration keepAliveInterval) {
        return new ClientSessionSettings(
                windowBytes,
                windowAudio,
                minAppend,
                eventsAhead,
                maxEvents,
                readyTimeout,
                finishTimeout,
                resultTimeout,
                keepAliveInterval,
                keepAliveTimeout,
                silenceInterval,
                closeTimeout);
    }

    /**
     * Sets {@link #keepAliveTimeout()}.
     *
     * @param keepAliveTimeout as described there
     * @return these settings with that value
     */
    public ClientSessionSettings withKeepAliveTimeout(Duration keepAliveTimeout) {
        return new ClientSessionSettings(
                windowBytes,
                windowAudio,
                minAppend,
                eventsAhead,
                maxEvents,
                readyTimeout,
                finishTimeout,
                resultTimeout,
                keepAliveInterval,
                keepAliveTimeout,
                silenceInterval,
                closeTimeout);
    }

    /**
     * Sets {@link #silenceInterval()}.
     *
     * @param silenceInterval as described there
     * @return these settings with that value
     */
    public ClientSessionSettings withSilenceInterval(Duration silenceInterval) {
        return new ClientSessionSettings(
                windowBytes,
                windowAudio,
                minAppend,
                eventsAhead,
                maxEvents,
                readyTimeout,
                finishTimeout,
                resultTimeout,
                keepAliveInterval,
                keepAliveTimeout,
                silenceInterval,
                closeTimeout);
    }

    /**
     * Sets {@link #closeTimeout()}.
     *
     * @param closeTimeout as described there
     * @return these settings with that value
     */
    public ClientSessionSettings withCloseTimeout(Duration closeTimeout) {
        return new ClientSessionSettings(
                windowBytes,
                windowAudio,
                minAppend,
                eventsAhead,
                maxEvents,
                readyTimeout,
                finishTimeout,
                resultTimeout,
                keepAliveInterval,
                keepAliveTimeout,
                silenceInterval,
                closeTimeout);
    }
}
