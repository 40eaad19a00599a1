package io.qwenasr;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The peer stayed silent longer than a timeout allows; the phase tells which one.
 *
 * @since 0.1.0
 */
public final class SessionTimeoutException extends QwenAsrException {
    private static final long serialVersionUID = 1L;

    private final Duration timeout;

    /**
     * Creates the error.
     *
     * @param what what was waited for
     * @param timeout how long
     * @param phase how far the session had come
     * @param sessionId the session's id, if known
     */
    public SessionTimeoutException(String what, Duration timeout, SessionPhase phase, @Nullable String sessionId) {
        super("no " + what + " within " + timeout.toMillis() + " ms", phase, sessionId, null);
        this.timeout = timeout;
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
