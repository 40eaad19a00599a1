package io.qwenasr;

import org.jspecify.annotations.Nullable;

/**
 * Root of everything that ends a session abnormally; subtypes differ in what the caller can do.
 *
 * <table>
 * <caption>What can go wrong</caption>
 * <tr><th>cause</th><th>type</th><th>retryable</th><th>what to do</th></tr>
 * <tr><td>name not found, connection refused or lost before the session began, TLS failed</td>
 *     <td>{@link ConnectException}</td><td>yes</td><td>retry with backoff; look at network, proxy and
 *     certificates if it stays</td></tr>
 * <tr><td>handshake answered with 408, 425, 429 or 5xx, other than 501 and 505</td>
 *     <td>{@link HandshakeRejectedException}</td><td>yes</td>
 *     <td>retry after {@link HandshakeRejectedException#retryAfter()}</td></tr>
 * <tr><td>handshake answered with anything else: 401 wrong key, 403 not allowed, 404 wrong address or
 *     model</td><td>{@link HandshakeRejectedException}</td><td>no</td><td>mend key, region, model or
 *     address; the body says which</td></tr>
 * <tr><td>error event that refuses the configuration</td><td>{@link ServerErrorException}</td><td>no</td>
 *     <td>mend the options; {@link ServerError#param()} names the member</td></tr>
 * <tr><td>error event of the service's own failure</td><td>{@link ServerErrorException}</td><td>yes</td>
 *     <td>retry with backoff</td></tr>
 * <tr><td>Close frame or end of the connection while work is open, whatever its code</td>
 *     <td>{@link ConnectionClosedException}</td><td>yes</td><td>retry; resume to lose no audio</td></tr>
 * <tr><td>no answer to the handshake or to the configuration, no result that is due, no answer to a Ping</td>
 *     <td>{@link SessionTimeoutException}</td><td>yes</td><td>retry; resume to lose no audio</td></tr>
 * <tr><td>session finished without the result of each utterance</td>
 *     <td>{@link IncompleteTranscriptException}</td><td>yes</td><td>it lists the utterances without one,
 *     and tells of audio whose commit was refused; transcribe those again</td></tr>
 * <tr><td>what the peer sent is not this protocol</td><td>{@link ProtocolException}</td><td>no</td>
 *     <td>is the address the right one? if so, report it</td></tr>
 * <tr><td>subscriber too slow for {@code maxEvents}</td><td>{@link EventOverflowException}</td><td>no</td>
 *     <td>request events faster, or conflate partials before a slow stage</td></tr>
 * <tr><td>session after session lost, the attempts to reconnect used up</td>
 *     <td>{@link ReconnectFailedException}</td><td>yes</td><td>it lists the failures; see whether the service is
 *     down</td></tr>
 * <tr><td>signals against the rules: a commit where the server detects the turns, audio that was not
 *     requested</td><td>{@link InvalidSignalException}</td><td>no</td><td>mend the calling code</td></tr>
 * </table>
 *
 * <p>An error of the caller's audio is none of these: it reaches the subscriber as it is. One utterance that
 * cannot be transcribed is no error of the session, but a {@link TranscriptionEvent.Failed}.
 *
 * <p>No message, field or cause of these exceptions contains the API key.
 *
 * @since 0.1.0
 */
public abstract sealed class QwenAsrException extends RuntimeException
        permits ConnectException,
                HandshakeRejectedException,
                ServerErrorException,
                ProtocolException,
                ConnectionClosedException,
                SessionTimeoutException,
                IncompleteTranscriptException,
                EventOverflowException,
                InvalidSignalException,
                ReconnectFailedException {

    private static final long serialVersionUID = 1L;

    private final SessionPhase phase;
    private final @Nullable String sessionId;

    QwenAsrException(String message, SessionPhase phase, @Nullable String sessionId, @Nullable Throwable cause) {
        super(sessionId == null ? message : message + " [session " + sessionId + "]", cause);
        this.phase = phase;
        this.sessionId = sessionId;
    }

    /**
     * Tells whether the same call may succeed when made again.
     *
     * @return true for passing conditions such as a lost connection or an overloaded service
     */
    public abstract boolean isRetryable();

    /**
     * Tells how far the session had come.
     *
     * @return the phase in which the error happened
     */
    public final SessionPhase phase() {
        return phase;
    }

    /**
     * Returns the service's id of the session.
     *
     * @return the id, or null where none was received yet
     */
    public final @Nullable String sessionId() {
        return sessionId;
    }
}
