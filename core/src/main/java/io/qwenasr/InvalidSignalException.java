package io.qwenasr;

import org.jspecify.annotations.Nullable;

/**
 * The caller's audio stream held a signal that the session does not allow, such as a commit in a session
 * whose turns the server detects. The signal is not sent.
 *
 * @since 0.1.0
 */
public final class InvalidSignalException extends QwenAsrException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message what was wrong and what is allowed
     * @param phase how far the session had come
     * @param sessionId the session's id, if known
     */
    public InvalidSignalException(String message, SessionPhase phase, @Nullable String sessionId) {
        super(message, phase, sessionId, null);
    }

    /** Always false. */
    @Override
    public boolean isRetryable() {
        return false;
    }
}
