package io.qwenasr.samples.cli;

import java.io.IOException;

/** Standard output takes no more. */
final class OutputException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean readerGone;

    OutputException(IOException cause, boolean readerGone) {
        super("cannot write to standard output: " + cause.getMessage(), cause);
        this.readerGone = readerGone;
    }

    /** Whether the reader went away, as {@code head} does; that is no failure worth words. */
    boolean isReaderGone() {
        return readerGone;
    }
}
