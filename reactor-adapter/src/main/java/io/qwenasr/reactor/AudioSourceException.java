package io.qwenasr.reactor;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Audio could not be read; the message is one line that names the source and says what is wrong or what is
 * allowed.
 *
 * @since 0.1.0
 */
public final class AudioSourceException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final Reason reason;

    /**
     * What is wrong with the source.
     *
     * @since 0.1.0
     */
    public enum Reason {
        /** There is no file of that name. */
        NOT_FOUND,
        /** The name is that of a directory. */
        NOT_A_FILE,
        /** There is no permission to read, or reading failed. */
        UNREADABLE,
        /** There are no bytes, or a header without any samples after it. */
        EMPTY,
        /** The bytes end inside the header. */
        TRUNCATED_HEADER,
        /** The bytes are none of the kinds of file that can be read. */
        NOT_AUDIO,
        /** The kind of file is known, its coding, sample rate or number of channels cannot be read. */
        UNSUPPORTED,
        /** The audio has fewer channels than the number of the one that was asked for. */
        NO_SUCH_CHANNEL,
        /** There is no microphone, or none that can be opened: in use, not permitted, at no rate that can be read. */
        NO_MICROPHONE
    }

    /**
     * Creates the error.
     *
     * @param reason what is wrong
     * @param message one line for people
     * @param cause what the platform said, if anything
     */
    public AudioSourceException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = Objects.requireNonNull(reason, "reason");
    }

    /**
     * Tells what is wrong.
     *
     * @return the reason
     */
    public Reason reason() {
        return reason;
    }
}
