package io.qwenasr;

import org.jspecify.annotations.Nullable;

/**
 * The connection ended before the session was finished.
 *
 * @since 0.1.0
 */
public final class ConnectionClosedException extends QwenAsrException {
    /** {@link #code()} where the connection ended without a close frame (RFC 6455, 7.1.5). */
    public static final int NO_CLOSE_FRAME = 1006;

    private static final long serialVersionUID = 1L;

    private final int code;
    private final String reason;

    /**
     * Creates the error.
     *
     * @param code the close code, {@link #NO_CLOSE_FRAME} if there was none
     * @param reason the peer's reason, may be empty
     * @param phase how far the session had come
     * @param sessionId the session's id, if known
     * @param cause the transport's error, if there is one
     */
    public ConnectionClosedException(
            int code, String reason, SessionPhase phase, @Nullable String sessionId, @Nullable Throwable cause) {
        super(message(code, reason, phase), phase, sessionId, cause);
        this.code = code;
        this.reason = reason;
    }

    private static String message(int code, String reason, SessionPhase phase) {
        String how = code == NO_CLOSE_FRAME
                ? "the connection was lost without a close frame"
                : "the peer closed the connection with code " + code + (reason.isEmpty() ? "" : " (" + reason + ")");
        return how + " while " + phase;
    }

    /**
     * Returns the WebSocket close code.
     *
     * @return such as 1001; {@link #NO_CLOSE_FRAME} if there was no close frame
     */
    public int code() {
        return code;
    }

    /**
     * Returns the peer's reason.
     *
     * @return the reason, may be empty
     */
    public String reason() {
        return reason;
    }

    /** Always true: the protocol documents no close codes, so none is taken as final. */
    @Override
    public boolean isRetryable() {
        return true;
    }
}
