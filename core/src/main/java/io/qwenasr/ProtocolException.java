package io.qwenasr;

import org.jspecify.annotations.Nullable;

/**
 * The peer sent something that is not the protocol: no JSON, a frame over the limit, events in an
 * impossible order.
 *
 * @since 0.1.0
 */
public final class ProtocolException extends QwenAsrException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message what was wrong
     * @param phase how far the session had come
     * @param sessionId the session's id, if known
     * @param cause the parser's error, if there is one
     */
    public ProtocolException(
            String message, SessionPhase phase, @Nullable String sessionId, @Nullable Throwable cause) {
        super(message, phase, sessionId, cause);
    }

    /** Always false: the same peer will say the same again. */
    @Override
    public boolean isRetryable() {
        return false;
    }
}
