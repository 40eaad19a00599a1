package io.qwenasr.session;

import io.netty.channel.ChannelHandler;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Objects;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;

/**
 * One client session: a Netty handler with a subscriber for audio and a publisher of events.
 *
 * <p>It is made before there is a connection: subscribe to {@link #events()}, subscribe {@link #audio()} to
 * the audio, connect a WebSocket, put {@link #handler()} behind its frame codec and aggregator. If no
 * connection comes about, say so by {@link #fail}.
 *
 * <p>Contract of the two ends:
 *
 * <ul>
 *   <li>Audio is requested only while the session is configured, fewer than {@code windowBytes} and
 *       {@code windowAudio} of appends wait for the socket, the channel is writable, the subscriber has asked
 *       for events and no more than {@code eventsAhead} of them wait for it. Requests are for chunks, whose
 *       length only their sender knows: the largest of the latest stands for the next, so a source whose
 *       chunks suddenly grow exceeds the window once.
 *   <li>A chunk is read before {@code onNext} returns, and its buffer not kept. Chunks shorter than
 *       {@code minAppend} are put together to appends of that length, none of them held longer than that time,
 *       nor past a commit, a clear or the end; long ones are cut, so that no frame exceeds 200,000 bytes.
 *   <li>A {@linkplain io.qwenasr.AudioSignal.Gap gap} is answered with
 *       {@link io.qwenasr.TranscriptionEvent.AudioDropped}; all positions count it. It needs PCM.
 *   <li>Events leave on the event loop, only as requested. Reading from the socket never stops.
 *   <li>Completion of the audio sends {@code session.finish} (after a commit of what is uncommitted, in
 *       manual mode); the events complete after {@code session.finished} and a result for each item, and fail
 *       with an {@link io.qwenasr.IncompleteTranscriptException} if one is missing.
 *   <li>Cancelling the events cancels the audio and sends Close(1000), at once, from any thread.
 *   <li>An error of the audio ends the events with the same error, whatever else goes wrong with a
 *       {@link io.qwenasr.QwenAsrException}; events that were received before are delivered first.
 * </ul>
 *
 * @since 0.1.0
 */
public final class ClientSession {

    private final ClientSessionHandler handler;

    /**
     * Creates a session that waits for its connection.
     *
     * @param options what to ask of the service
     * @param settings limits and timeouts
     */
    public ClientSession(SessionOptions options, ClientSessionSettings settings) {
        this(options, settings, new SecureRandom());
    }

    /**
     * Creates a session that waits for its connection.
     *
     * @param options what to ask of the service
     * @param settings limits and timeouts
     * @param random where masking keys come from, drawn on the audio's thread and on the event loop: one that
     *     does not block is better; safe for use by several threads
     */
    public ClientSession(SessionOptions options, ClientSessionSettings settings, SecureRandom random) {
        this.handler = new ClientSessionHandler(
                Objects.requireNonNull(options, "options"),
                Objects.requireNonNull(settings, "settings"),
                Objects.requireNonNull(random, "random"));
    }

    /**
     * Returns the events of the session.
     *
     * @return a publisher for one subscriber
     */
    public Publisher<TranscriptionEvent> events() {
        return handler.events();
    }

    /**
     * Returns the end that takes the audio.
     *
     * @return a subscriber, to be subscribed once; it may be signalled on any thread
     */
    public Subscriber<AudioSignal> audio() {
        return handler.audio();
    }

    /**
     * Returns how much audio was taken and not yet by the socket: at most the window, see
     * {@link ClientSessionSettings#windowAudio()}, unless a chunk is longer than that, or than those before it. From
     * any thread, which may see it a moment late.
     *
     * @return bytes of audio, at least 0
     */
    public long audioBytesInFlight() {
        return handler.audioBytesInFlight();
    }

    /**
     * Returns the protocol as a handler, for one channel.
     *
     * <p>It stands behind a {@code WebSocketFrameEncoder} that masks; appends are written as whole frames from that
     * encoder's context. It takes {@code WebSocketFrame}s put together from their fragments, consumes all of them, and sends
     * the only Close frame of the connection: a Close written by handlers behind it is swallowed, its promise
     * tied to the end of the channel.
     *
     * @return the handler
     */
    public ChannelHandler handler() {
        return handler;
    }

    /**
     * Ends the events with an error because no connection came about; cancels the audio. From any thread.
     *
     * @param cause why
     * @return false if the session has a connection or has ended already; nothing is then done
     */
    public boolean fail(Throwable cause) {
        return handler.failUnconnected(cause);
    }

    /**
     * Sets the diagnostic context (MDC) of the session's log lines, such as a trace id: they are written on event loops,
     * which have none.
     *
     * @param context keys and values; copied, and empty by default, which leaves the context of the thread as it is
     */
    public void logContext(Map<String, String> context) {
        handler.logContext(context);
    }

    /**
     * Sets what to run if the subscriber cancels, or the audio fails, while there is no connection yet.
     *
     * <p>A connection that comes about nevertheless is closed with Close(1000) by the handler.
     *
     * @param action run at most once, on the thread that cancels or fails; to be set before anyone subscribes
     */
    public void onCancelWhileConnecting(Runnable action) {
        handler.onCancelWhileConnecting(action);
    }
}
