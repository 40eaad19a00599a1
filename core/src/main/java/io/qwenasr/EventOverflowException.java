package io.qwenasr;

import org.jspecify.annotations.Nullable;

/**
 * The subscriber took so few events that the bounded queue towards it is full.
 *
 * <p>No event is ever dropped: the session ends instead. Audio stops long before that, so only a peer that
 * goes on sending without audio can cause it.
 *
 * @since 0.1.0
 */
public final class EventOverflowException extends QwenAsrException {
    private static final long serialVersionUID = 1L;

    /**
     * Creates the error.
     *
     * @param limit how many events the queue holds
     * @param phase how far the session had come
     * @param sessionId the session's id, if known
     */
    public EventOverflowException(int limit, SessionPhase phase, @Nullable String sessionId) {
        super("more than " + limit + " events wait for the subscriber", phase, sessionId, null);
    }

    /** Always false: a faster subscriber is needed first. */
    @Override
    public boolean isRetryable() {
        return false;
    }
}
