package io.qwenasr.reactor.recording;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * A file is not a recording, or not one that this version understands.
 *
 * @since 0.1.0
 */
public final class RecordingException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final int line;

    RecordingException(Path file, int line, String message, @Nullable Throwable cause) {
        super(file + ", line " + line + ": " + message, cause);
        this.file = file.toString();
        this.line = line;
    }

    /**
     * Returns the file.
     *
     * @return its path
     */
    public String file() {
        return file;
    }

    /**
     * Returns the line at fault.
     *
     * @return 1 for the first
     */
    public int line() {
        return line;
    }
}
