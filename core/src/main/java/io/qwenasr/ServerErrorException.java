package io.qwenasr;

import org.jspecify.annotations.Nullable;

/**
 * The service ended the session with an {@code error} event, or refused its configuration.
 *
 * @since 0.1.0
 */
public final class ServerErrorException extends QwenAsrException {
    private static final long serialVersionUID = 1L;

    private final ServerError error;

    /**
     * Creates the error.
     *
     * @param error what the service said
     * @param phase how far the session had come
     * @param sessionId the session's id, if known
     */
    public ServerErrorException(ServerError error, SessionPhase phase, @Nullable String sessionId) {
        super("the service reported " + error.describe() + " while " + phase, phase, sessionId, null);
        this.error = error;
    }

    /**
     * Returns what the service said.
     *
     * @return the error
     */
    public ServerError error() {
        return error;
    }

    /** True if the service blamed itself rather than the request. */
    @Override
    public boolean isRetryable() {
        return error.isFatal();
    }
}
