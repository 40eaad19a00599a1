package io.qwenasr.reactor;

import io.netty.channel.Channel;
import io.netty.handler.ssl.SslContext;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;

/**
 * A server that accepts connections. Safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class RunningServer {

    private final DisposableServer server;
    private final ServerSessions sessions;
    private final URI uri;

    private RunningServer(DisposableServer server, ServerSessions sessions, URI uri) {
        this.server = server;
        this.sessions = sessions;
        this.uri = uri;
    }

    static Mono<RunningServer> start(ServerConfig config) {
        ServerSessions sessions = new ServerSessions(config.maxSessions(), config.maxSessionsPerKey());
        HandshakeHandler handler = new HandshakeHandler(config, sessions);
        HttpServer http = config.customizer()
                .apply(Transport.server())
                .protocol(HttpProtocol.HTTP11)
                .host(config.host())
                .port(config.port())
                .compress(false)
                .doOnChannelInit((observer, channel, remote) -> {
                    sessions.accept(channel);
                    cutOffIfSlow(channel, sessions, config);
                })
                .handle(handler::applyOnPath);
        SslContext tls = config.tls();
        if (tls != null) {
            http = http.secure(spec -> spec.sslContext(tls));
        }
        return http.bind().map(bound -> new RunningServer(bound, sessions, uri(config, bound)));
    }

    /** A connection must become a session in time, or it could be held open with a byte now and then. */
    private static void cutOffIfSlow(Channel channel, ServerSessions sessions, ServerConfig config) {
        Runnable check = () -> {
            if (!sessions.hasPlace(channel)) {
                channel.close();
            }
        };
        Future<?> deadline =
                channel.eventLoop().schedule(check, config.handshakeTimeout().toNanos(), TimeUnit.NANOSECONDS);
        channel.closeFuture().addListener(closed -> deadline.cancel(false));
    }

    private static URI uri(ServerConfig config, DisposableServer bound) {
        String reachable = reachable(config.host(), ((InetSocketAddress) bound.address()).getAddress());
        String host = reachable.contains(":") ? "[" + reachable + "]" : reachable;
        return URI.create((config.tls() == null ? "ws" : "wss") + "://" + host + ":" + bound.port() + Endpoint.PATH);
    }

    /** All addresses of a machine are none to connect to; the loopback address is one of them. */
    private static String reachable(String host, InetAddress bound) {
        if (!bound.isAnyLocalAddress()) {
            return host;
        }
        return host.contains(":") ? "::1" : "127.0.0.1";
    }

    /**
     * Returns the address clients connect to, with the host as configured and the actual port. Of a server that
     * listens on all addresses, {@code 0.0.0.0} or {@code ::}, it is the loopback address, for clients on this machine.
     *
     * @return such as {@code ws://127.0.0.1:40123/api-ws/v1/realtime}
     */
    public URI uri() {
        return uri;
    }

    /**
     * Returns {@link #uri()} as an endpoint.
     *
     * @return the endpoint
     */
    public Endpoint endpoint() {
        return Endpoint.of(uri);
    }

    /**
     * Returns the address the server is bound to.
     *
     * @return address and port
     */
    public InetSocketAddress address() {
        return (InetSocketAddress) server.address();
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
     * Stops: no new sessions, what was received is transcribed and sent, then each session is closed with
     * 1001; after the grace period, at once. Connections that are no sessions, or not yet, are closed when the last
     * session is.
     *
     * @param grace how long sessions may take
     * @return completes when all connections are closed and the port is free, so that event loops may be shut down; the stop goes on if it is cancelled; an
     *     {@link IllegalStateException} if the event loops were shut down before it and left sockets open
     */
    public Mono<Void> stop(Duration grace) {
        return Mono.defer(() -> {
            server.dispose();
            return sessions.drain(grace).then(Mono.firstWithSignal(server.onDispose(), loopEnded()));
        });
    }

    private Mono<Void> loopEnded() {
        Channel port = server.channel();
        return Mono.<Void>create(sink -> {
                    Future<?> end = port.eventLoop().terminationFuture();
                    FutureListener<Object> listener = ended -> sink.success();
                    end.addListener(listener);
                    sink.onDispose(() -> end.removeListener(listener));
                })
                .then(Mono.defer(() -> port.isOpen() ? Mono.error(ServerSessions.loopsEnded()) : Mono.empty()));
    }

    /**
     * Returns the end of the server.
     *
     * @return completes when the port is no longer listened on
     */
    public Mono<Void> onStopped() {
        return server.onDispose();
    }
}
