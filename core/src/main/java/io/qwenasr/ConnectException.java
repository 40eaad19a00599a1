package io.qwenasr;

import org.jspecify.annotations.Nullable;

/**
 * The endpoint could not be reached: name not resolved, connection refused, TLS failed.
 *
 * @since 0.1.0
 */
public final class ConnectException extends QwenAsrException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param message what failed and where
     * @param cause the transport's error
     */
    public ConnectException(String message, @Nullable Throwable cause) {
        super(message, SessionPhase.CONNECTING, null, cause);
    }

    /** Always true. */
    @Override
    public boolean isRetryable() {
        return true;
    }
}
