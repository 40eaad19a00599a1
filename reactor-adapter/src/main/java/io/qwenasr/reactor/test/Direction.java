package io.qwenasr.reactor.test;

/**
 * One way through a {@link FaultProxy}.
 *
 * @since 0.1.0
 */
public enum Direction {
    /** What the client sends. */
    TO_SERVER,
    /** What the server sends. */
    TO_CLIENT
}
