package io.qwenasr.codec;

import org.jspecify.annotations.Nullable;

/**
 * A message that is not an event of the protocol: not well-formed JSON, or a known event with a member
 * missing or of an unusable type.
 *
 * <p>The message says what was wrong and where, as a JSON path or a byte offset, with a short excerpt at
 * most; it never holds audio.
 *
 * @since 0.1.0
 */
public final class MalformedEventException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String eventId;
    private final @Nullable String param;

    /**
     * Creates the error.
     *
     * @param message what was wrong, and where
     * @param eventId the event's id, if it could be read
     * @param param path of the member at fault, if one is
     */
    public MalformedEventException(String message, @Nullable String eventId, @Nullable String param) {
        super(message);
        this.eventId = eventId;
        this.param = param;
    }

    /**
     * Returns the id of the event at fault.
     *
     * @return its {@code event_id}, or null where it has none or it could not be read
     */
    public @Nullable String eventId() {
        return eventId;
    }

    /**
     * Returns the JSON path of the member at fault.
     *
     * @return such as {@code session.turn_detection.threshold}; null where the JSON itself is malformed
     */
    public @Nullable String param() {
        return param;
    }
}
