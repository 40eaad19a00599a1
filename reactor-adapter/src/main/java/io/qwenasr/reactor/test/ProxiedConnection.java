package io.qwenasr.reactor.test;

import java.util.List;

/**
 * One connection through a {@link FaultProxy}.
 *
 * <p>Safe for use by several threads. What the methods do has been done on return, or, on a thread that must not block,
 * is done soon after, in the order of the calls.
 *
 * @since 0.1.0
 */
public interface ProxiedConnection {

    /**
     * Returns which connection of its proxy this is.
     *
     * @return 1 for the first
     */
    int number();

    /**
     * Tells whether the client is connected.
     *
     * @return true until its socket is closed
     */
    boolean isOpen();

    /**
     * Returns how much was passed on.
     *
     * @param direction which way
     * @return bytes given to the socket, those of the proxy itself included
     */
    long bytes(Direction direction);

    /**
     * Returns how many WebSocket frames were passed on. They are counted only if a fault of the connection looks
     * into the WebSocket.
     *
     * @param direction which way
     * @return at least 0
     */
    int frames(Direction direction);

    /**
     * Returns the faults that have happened, so that a test can assert that they did.
     *
     * @return those of this connection's faults that have done something, each once
     */
    List<Fault> happened();

    /** Resets the connection on both sides (TCP RST). */
    void reset();

    /** Ends the connection on both sides (FIN), without a Close frame. */
    void cut();

    /** Swallows in silence what both sides send from here on. */
    void halfOpen();

    /** Reads no more from either side. */
    void stopReading();

    /** Reads and passes on again what was held back by {@link #stopReading} or {@link Fault#stopReading}. */
    void resume();
}
