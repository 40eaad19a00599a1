package io.qwenasr.reactor.observation;

import io.qwenasr.ConnectException;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.EventOverflowException;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.IncompleteTranscriptException;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.ProtocolException;
import io.qwenasr.QwenAsrException;
import io.qwenasr.ServerErrorException;
import io.qwenasr.SessionTimeoutException;

/** What an error counts as in metrics. */
enum ErrorCategory {
    CONNECT,
    HANDSHAKE_REJECTED,
    SERVER_ERROR,
    CONNECTION_CLOSED,
    TIMEOUT,
    INCOMPLETE,
    PROTOCOL,
    OVERFLOW,
    INVALID_SIGNAL,
    OTHER;

    static ErrorCategory of(Throwable error) {
        if (error instanceof ConnectException) {
            return CONNECT;
        } else if (error instanceof HandshakeRejectedException) {
            return HANDSHAKE_REJECTED;
        } else if (error instanceof ServerErrorException) {
            return SERVER_ERROR;
        } else if (error instanceof ConnectionClosedException) {
            return CONNECTION_CLOSED;
        } else if (error instanceof SessionTimeoutException) {
            return TIMEOUT;
        } else if (error instanceof IncompleteTranscriptException) {
            return INCOMPLETE;
        } else if (error instanceof ProtocolException) {
            return PROTOCOL;
        } else if (error instanceof EventOverflowException) {
            return OVERFLOW;
        } else if (error instanceof InvalidSignalException) {
            return INVALID_SIGNAL;
        }
        return OTHER;
    }

    static boolean isRetryable(Throwable error) {
        return error instanceof QwenAsrException ours && ours.isRetryable();
    }
}
