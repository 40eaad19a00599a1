package io.qwenasr;

import org.jspecify.annotations.Nullable;

/**
 * Root of everything that ends a session abnormally; subtypes differ in what the caller can do.
 *
 * <p>No message, field or cause of these exceptions contains the API key.
 *
 * @since 0.1.0
 */
public abstract sealed class QwenAsrException extends RuntimeException
        permits ConnectException,
                HandshakeRejectedException,
                ServerErrorException,
                ProtocolException,
                ConnectionClosedException,
                SessionTimeoutException,
                IncompleteTranscriptException,
                EventOverflowException,
                InvalidSignalException {

    private static final long serialVersionUID = 1L;

    private final SessionPhase phase;
    private final @Nullable String sessionId;

    QwenAsrException(String message, SessionPhase phase, @Nullable String sessionId, @Nullable Throwable cause) {
        super(sessionId == null ? message : message + " [session " + sessionId + "]", cause);
        this.phase = phase;
        this.sessionId = sessionId;
    }

    /**
     * Tells whether the same call may succeed when made again.
     *
     * @return true for passing conditions such as a lost connection or an overloaded service
     */
    public abstract boolean isRetryable();

    /**
     * Tells how far the session had come.
     *
     * @return the phase in which the error happened
     */
    public final SessionPhase phase() {
        return phase;
    }

    /**
     * Returns the service's id of the session.
     *
     * @return the id, or null where none was received yet
     */
    public final @Nullable String sessionId() {
        return sessionId;
    }
}
