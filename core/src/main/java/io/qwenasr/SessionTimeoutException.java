package io.qwenasr;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The peer stayed silent longer than a timeout allows; {@link #awaited()} tells which one.
 *
 * @since 0.1.0
 */
public final class SessionTimeoutException extends QwenAsrException {
    /**
     * What can be waited for in vain.
     *
     * @since 0.1.0
     */
    public enum Awaited {
        /** The answer to the WebSocket handshake. */
        HANDSHAKE,
        /** The answer to the configuration of the session. */
        CONFIGURATION,
        /** Anything that arrives, such as the answer to a Ping. */
        SIGN_OF_LIFE,
        /** An event, while the result of an utterance is due. */
        RESULT,
        /** An event, while the last results and the end of the session are awaited. */
        FINISH
    }

    private static final long serialVersionUID = 1L;

    private final Awaited awaited;
    private final Duration timeout;

    /**
     * Creates the error.
     *
     * @param awaited what was waited for
     * @param what the same in words, for the message
     * @param timeout how long
     * @param phase how far the session had come
     * @param sessionId the session's id, if known
     */
    public SessionTimeoutException(
            Awaited awaited, String what, Duration timeout, SessionPhase phase, @Nullable String sessionId) {
        super("no " + what + " within " + timeout.toMillis() + " ms", phase, sessionId, null);
        this.awaited = Objects.requireNonNull(awaited, "awaited");
        this.timeout = timeout;
    }

    /**
     * Returns what was waited for.
     *
     * @return which of the timeouts it was
     */
    public Awaited awaited() {
        return awaited;
    }

    /**
     * Returns how long was waited.
     *
     * @return the timeout
     */
    public Duration timeout() {
        return timeout;
    }

    /** Always true. */
    @Override
    public boolean isRetryable() {
        return true;
    }
}
