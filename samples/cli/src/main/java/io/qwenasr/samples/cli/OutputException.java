package io.qwenasr.samples.cli;

import java.io.IOException;
import java.util.Locale;

/** Standard output takes no more. */
final class OutputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    OutputException(IOException cause) {
        super("cannot write to standard output: " + cause.getMessage(), cause);
    }

    /** Whether the reader went away, as {@code head} does; that is no failure worth words. */
    boolean isPipeClosed() {
        return String.valueOf(getMessage()).toLowerCase(Locale.ROOT).contains("pipe");
    }
}
