package io.qwenasr.reactor.recording;

import org.jspecify.annotations.Nullable;

/**
 * Stands for an error of a recorded session that is none of this library's, and for the end of a recording that tells no
 * end.
 *
 * @since 0.1.0
 */
public final class RecordedFailureException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final @Nullable String type;

    /**
     * Creates the error.
     *
     * @param type class name of the recorded error, or null if there was none
     * @param message the recorded message
     */
    public RecordedFailureException(@Nullable String type, @Nullable String message) {
        super(message);
        this.type = type;
    }

    /**
     * Returns the class of the recorded error.
     *
     * @return its full name, or null if the recording ends without an error
     */
    public @Nullable String type() {
        return type;
    }
}
