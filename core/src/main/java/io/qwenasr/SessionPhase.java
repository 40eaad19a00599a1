package io.qwenasr;

/**
 * How far a session has come; told by errors.
 *
 * @since 0.1.0
 */
public enum SessionPhase {
    /** From subscription to the end of the WebSocket handshake. */
    CONNECTING,
    /** Connected; waiting for the service to accept the configuration. */
    CONFIGURING,
    /** Audio is taken. */
    STREAMING,
    /** The audio is complete; waiting for the last transcripts. */
    FINISHING,
    /** Over. */
    CLOSED
}
