package io.qwenasr.samples.benchmarks.peer;

/** One way to talk to the service. */
public interface Peer extends AutoCloseable {

    /**
     * Opens a session and waits until the server has accepted its configuration.
     *
     * @param plan what the session is to do
     * @return the session, configured; if it pulls, the audio is flowing
     * @throws Exception if that fails or takes more than {@link Ready#LIMIT}
     */
    Session open(SessionPlan plan) throws Exception;

    /** Tells whether what it is given goes anywhere. */
    default boolean isClient() {
        return true;
    }

    @Override
    default void close() {}
}
