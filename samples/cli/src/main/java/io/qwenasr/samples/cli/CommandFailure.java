package io.qwenasr.samples.cli;

import org.jspecify.annotations.Nullable;

/** Ends a command; the message is the one line that the user gets. */
final class CommandFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final ExitCode code;

    CommandFailure(ExitCode code, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.code = code;
    }

    CommandFailure(ExitCode code, String message) {
        this(code, message, null);
    }

    ExitCode code() {
        return code;
    }
}
