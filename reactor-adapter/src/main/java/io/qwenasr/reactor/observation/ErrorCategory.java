package io.qwenasr.reactor.observation;

import io.qwenasr.ConnectException;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.EventOverflowException;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.IncompleteTranscriptException;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.ProtocolException;
import io.qwenasr.QwenAsrException;
import io.qwenasr.ReconnectFailedException;
import io.qwenasr.ServerErrorException;
import io.qwenasr.SessionTimeoutException;
import org.jspecify.annotations.Nullable;

/** What an error counts as in metrics; reconnecting that failed counts as what the last attempt failed of. */
enum ErrorCategory {
    CONNECT(ConnectException.class),
    HANDSHAKE_REJECTED(HandshakeRejectedException.class),
    SERVER_ERROR(ServerErrorException.class),
    CONNECTION_CLOSED(ConnectionClosedException.class),
    TIMEOUT(SessionTimeoutException.class),
    INCOMPLETE(IncompleteTranscriptException.class),
    PROTOCOL(ProtocolException.class),
    OVERFLOW(EventOverflowException.class),
    INVALID_SIGNAL(InvalidSignalException.class),
    /** The audio itself failed: that is not the service's doing, nor this library's. */
    AUDIO_SOURCE(null),
    OTHER(null);

    private final @Nullable Class<? extends QwenAsrException> type;

    ErrorCategory(@Nullable Class<? extends QwenAsrException> type) {
        this.type = type;
    }

    static ErrorCategory of(Throwable failure) {
        return of(lastOf(failure).getClass());
    }

    static ErrorCategory of(Class<? extends Throwable> error) {
        for (ErrorCategory category : values()) {
            if (category.type == error) {
                return category;
            }
        }
        return OTHER;
    }

    /** Returns the latest failure of those in a row, or the failure itself. */
    static Throwable lastOf(Throwable failure) {
        return failure instanceof ReconnectFailedException reconnecting
                ? reconnecting.attempts().get(reconnecting.attempts().size() - 1)
                : failure;
    }

    static boolean isRetryable(Throwable error) {
        return error instanceof QwenAsrException ours && ours.isRetryable();
    }
}
