package io.qwenasr.samples.localengine;

import org.jspecify.annotations.Nullable;

/**
 * The local engine cannot start; the message says why and what can be done.
 *
 * @since 0.1.0
 */
public final class EngineUnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /**
     * Why the engine cannot start.
     *
     * @since 0.1.0
     */
    public enum Reason {
        /** The model folder that the user named does not exist. */
        MODEL_FOLDER_MISSING,
        /** The model folder that the user named holds no Vosk model that can be loaded. */
        MODEL_FOLDER_INVALID,
        /** A model has to be fetched, and there is no {@code npm} to fetch it with. */
        NPM_MISSING,
        /** {@code npm} could not fetch a model, or not in time. */
        FETCH_FAILED,
        /** What was fetched is not what it should be; nothing of it was kept. */
        INTEGRITY_MISMATCH,
        /** The cache folder cannot be read or written, or what it holds cannot be loaded. */
        CACHE_UNUSABLE,
        /** There are no native libraries for this operating system or processor. */
        PLATFORM_UNSUPPORTED
    }

    private final Reason reason;

    EngineUnavailableException(Reason reason, String message, @Nullable Throwable cause) {
        super(message, cause);
        this.reason = reason;
    }

    /**
     * Tells why.
     *
     * @return the kind of obstacle
     */
    public Reason reason() {
        return reason;
    }
}
