package io.qwenasr.session;

import io.netty.channel.ChannelHandler;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One server session: a Netty handler that puts a {@link SessionBackend} on the wire.
 *
 * <p>Put {@link #handler()} behind a WebSocket server's frame codec and aggregator once the handshake is
 * done. What the official SDKs need of a server is kept: {@code session.created} with an id comes first, each
 * {@code session.update} is answered once with all its members, JSON of any member order is understood, the
 * socket stays open after {@code session.finished} until the client closes, each Close has a code, and
 * nothing but results is sent between {@code session.finish} and {@code session.finished}.
 *
 * <ul>
 *   <li>Audio goes to the backend as it requests; when {@code maxQueuedAudioBytes} wait for it, reading from
 *       the client stops until half of that is taken. Nothing is dropped. Reading stops as well while the
 *       client does not read what it is sent.
 *   <li>Events are requested from the backend as the client reads them.
 *   <li>Each announced item gets exactly one {@code completed} or {@code failed} before
 *       {@code session.finished}; if the backend forgets one, it is reported as failed.
 *   <li>A request that cannot be understood or served, or is too large, is answered with an {@code error} event;
 *       the session goes on. It names the request's {@code event_id} if that has at most 256 characters.
 *   <li>A client that is not read from gets Pongs, a silent one Pings. One that is gone, and a backend that is
 *       stuck, end the session in the times of {@link ServerSessionSettings}.
 * </ul>
 *
 * @since 0.1.0
 */
public final class ServerSession {

    private final ServerSessionHandler handler;

    /**
     * Creates a session.
     *
     * @param backend what transcribes
     * @param model the model the client asked for in its URL; null or blank for none
     * @param settings limits and timeouts
     */
    public ServerSession(SessionBackend backend, @Nullable String model, ServerSessionSettings settings) {
        this.handler = new ServerSessionHandler(
                Objects.requireNonNull(backend, "backend"),
                model == null || model.isBlank() ? "unnamed" : model,
                Objects.requireNonNull(settings, "settings"));
    }

    /**
     * Returns the protocol as a handler, for one channel.
     *
     * @return the handler
     */
    public ChannelHandler handler() {
        return handler;
    }

    /**
     * Returns the id of the session.
     *
     * @return {@code sess_} and 21 letters and digits
     */
    public String id() {
        return handler.sessionId();
    }

    /**
     * Ends the session because the server stops: what was received is transcribed and sent, then Close(1001),
     * or {@code session.finished} to a client that has asked for it. From any thread; later audio is ignored.
     */
    public void drain() {
        handler.drain();
    }
}
