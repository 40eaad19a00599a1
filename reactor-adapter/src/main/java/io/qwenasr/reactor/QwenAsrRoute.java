package io.qwenasr.reactor;

import java.time.Duration;
import java.util.function.BiFunction;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;

/**
 * The sessions of a {@link QwenAsrServer} on a path of an HTTP server that is there already.
 *
 * <pre>{@code
 * QwenAsrRoute route = QwenAsrServer.builder(transcriber).build().route();
 *
 * HttpServer.create().route(routes -> routes.get(Endpoint.PATH, route));   // Reactor Netty
 *
 * @Bean                                                                     // Spring Boot
 * NettyRouteProvider gateway() {
 *     return routes -> routes.get(Endpoint.PATH, route);
 * }
 * }</pre>
 *
 * <p>It answers on whatever path it is put, as the protocol has only one: the SDKs ask for {@link Endpoint#PATH}. A
 * request that is no WebSocket handshake gets HTTP 426 or 400, one that is refused what {@link QwenAsrServer.Builder} says.
 * The session runs in the pipeline of its connection, on that connection's event loop, as in a server of its own;
 * it needs HTTP/1.1, which every server speaks unless told not to.
 *
 * <p>Safe for use by several threads and on several paths, which then share the limits.
 *
 * @since 0.1.0
 */
public final class QwenAsrRoute implements BiFunction<HttpServerRequest, HttpServerResponse, Publisher<Void>> {

    private final ServerSessions sessions;
    private final HandshakeHandler handler;

    QwenAsrRoute(ServerConfig config) {
        this.sessions = new ServerSessions(config.maxSessions(), config.maxSessionsPerKey());
        this.handler = new HandshakeHandler(config, sessions);
    }

    /**
     * Answers a handshake and, if it is accepted, runs the session.
     *
     * @param request the handshake
     * @param response its answer
     * @return completes when the handshake is answered, to be subscribed to by the HTTP server; the session lasts as
     *     long as the connection
     */
    @Override
    public Publisher<Void> apply(HttpServerRequest request, HttpServerResponse response) {
        return handler.apply(request, response);
    }

    /**
     * Returns how many sessions are open.
     *
     * @return at least 0
     */
    public int sessions() {
        return sessions.size();
    }

    /**
     * Takes no more sessions, lets those that are open transcribe and send what was received, and closes each with
     * 1001; after the grace period, at once. To be called before the HTTP server is stopped.
     *
     * @param grace how long sessions may take
     * @return completes when all sessions are closed; they are being closed also if it is cancelled;
     *     an {@link IllegalStateException} if the event loops were shut down before it and left some open
     */
    public Mono<Void> stop(Duration grace) {
        return Mono.defer(() -> sessions.drain(grace));
    }
}
