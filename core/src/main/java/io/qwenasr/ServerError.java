package io.qwenasr;

import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What the service says of an error. Any part may be missing.
 *
 * @param type the class of error, such as {@code invalid_request_error} or {@code server_error}
 * @param code a code, such as {@code invalid_value}
 * @param message the text for people
 * @param param the parameter at fault
 * @param eventId id of the client event at fault
 * @since 0.1.0
 */
public record ServerError(
        @Nullable String type,
        @Nullable String code,
        @Nullable String message,
        @Nullable String param,
        @Nullable String eventId)
        implements Serializable {

    /** {@link #type()} of an error in what the client asked; the session goes on. */
    public static final String INVALID_REQUEST = "invalid_request_error";

    /** {@link #type()} of an error in the service; the connection ends. */
    public static final String SERVER_ERROR = "server_error";

    /**
     * Tells whether the session is over after this error.
     *
     * <p>The service documents no rule. Errors typed {@code server_error} or coded {@code InternalError}
     * are taken as fatal, others are not (inferred from sibling products on the same endpoint).
     *
     * @return true if the connection is expected to end
     */
    public boolean isFatal() {
        return SERVER_ERROR.equals(type) || (type == null && "InternalError".equals(code));
    }

    /**
     * Returns the parts that are present, on one line.
     *
     * @return such as {@code invalid_value: silence_duration_ms must be … (session.turn_detection…)}
     */
    public String describe() {
        StringBuilder text = new StringBuilder();
        text.append(code != null ? code : type != null ? type : "error");
        if (message != null) {
            text.append(": ").append(message);
        }
        if (param != null) {
            text.append(" (").append(param).append(')');
        }
        return text.toString();
    }
}
