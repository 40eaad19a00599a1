package io.qwenasr.reactor;

import io.netty.handler.ssl.SslContext;
import io.qwenasr.session.ServerSessionSettings;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.netty.http.server.HttpServer;

/**
 * Puts any {@link Transcriber} on the wire with the Qwen-ASR-Realtime protocol.
 *
 * <p>The embedded default, the test double, a gateway (a server around a {@link QwenAsrClient}) and the target
 * of other people's SDKs are all this one piece. It serves {@code /api-ws/v1/realtime?model=…}; with keys set,
 * a handshake needs {@code Authorization: Bearer …}. Compression is not negotiated.
 *
 * <p>The transcriber is subscribed to on the session's event loop, once for each session when its first audio
 * arrives, and must not block there.
 *
 * @since 0.1.0
 */
public final class QwenAsrServer {

    private final ServerConfig config;

    private QwenAsrServer(ServerConfig config) {
        this.config = config;
    }

    /**
     * Returns a builder.
     *
     * @param transcriber what transcribes each session
     * @return a new builder
     */
    public static Builder builder(Transcriber transcriber) {
        return new Builder(transcriber);
    }

    /**
     * Begins to listen.
     *
     * @return the running server, once it accepts connections; an error if the address cannot be had
     */
    public Mono<RunningServer> start() {
        return Mono.defer(() -> RunningServer.start(config));
    }

    /**
     * Returns the same as a route for an HTTP server that is there already, such as that of a WebFlux application.
     *
     * <p>What belongs to a listener of one's own is that server's instead: host, port, TLS, handshake timeout and the
     * customizer of the HTTP server are not used. Each call returns a route that counts its sessions by itself.
     *
     * @return a new route
     */
    public QwenAsrRoute route() {
        return new QwenAsrRoute(config);
    }

    /**
     * Collects the settings of a server. Not safe for use by several threads.
     *
     * @since 0.1.0
     */
    public static final class Builder {
        private final Transcriber transcriber;
        private String host = "127.0.0.1";
        private int port;
        private Collection<String> apiKeys = List.of();
        private @Nullable SslContext tls;
        private int maxFrameBytes = 16 << 20;
        private int maxSessions = 1_000;
        private int maxSessionsPerKey = Integer.MAX_VALUE;
        private Duration handshakeTimeout = Duration.ofSeconds(10);
        private ServerSessionSettings session = ServerSessionSettings.DEFAULTS;
        private UnaryOperator<HttpServer> customizer = UnaryOperator.identity();

        private Builder(Transcriber transcriber) {
            this.transcriber = Objects.requireNonNull(transcriber, "transcriber");
        }

        /**
         * Sets the address to listen on; the loopback address otherwise, so that nothing is open to the network
         * unless asked for.
         *
         * @param host a name or address of this machine
         * @return this builder
         */
        public Builder host(String host) {
            this.host = Objects.requireNonNull(host, "host");
            return this;
        }

        /**
         * Sets the port; any free one otherwise.
         *
         * @param port 0 to 65535, 0 for any free one
         * @return this builder
         */
        public Builder port(int port) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port must be between 0 and 65535, not " + port);
            }
            this.port = port;
            return this;
        }

        /**
         * Sets the keys that are accepted. They are compared in constant time.
         *
         * @param apiKeys the keys; none lets everybody in
         * @return this builder
         */
        public Builder apiKeys(Collection<String> apiKeys) {
            this.apiKeys = List.copyOf(apiKeys);
            return this;
        }

        /**
         * Serves {@code wss} instead of {@code ws}.
         *
         * <p>Netty's contexts allow TLS 1.2 and 1.3 by default; name no older ones.
         *
         * @param tls a server-side context, such as from {@code SslContextBuilder.forServer(cert, key)}
         * @return this builder
         */
        public Builder tls(SslContext tls) {
            if (!tls.isServer()) {
                throw new IllegalArgumentException("tls must be a server-side context");
            }
            this.tls = tls;
            return this;
        }

        /**
         * Sets the largest message that is accepted; the service documents 15 MiB of base64 for one append.
         *
         * @param maxFrameBytes at least 1,024; 16 MiB by default
         * @return this builder
         */
        public Builder maxFrameBytes(int maxFrameBytes) {
            if (maxFrameBytes < 1_024) {
                throw new IllegalArgumentException("maxFrameBytes must be at least 1024, not " + maxFrameBytes);
            }
            this.maxFrameBytes = maxFrameBytes;
            return this;
        }

        /**
         * Sets how many sessions may be open at once; a handshake above that gets HTTP 503.
         *
         * @param maxSessions at least 1; 1,000 by default
         * @return this builder
         */
        public Builder maxSessions(int maxSessions) {
            if (maxSessions < 1) {
                throw new IllegalArgumentException("maxSessions must be at least 1, not " + maxSessions);
            }
            this.maxSessions = maxSessions;
            return this;
        }

        /**
         * Sets how many sessions one key may have open at once; a handshake above that gets HTTP 429.
         *
         * @param maxSessionsPerKey at least 1; only {@link #maxSessions} by default. Without keys it means nothing
         * @return this builder
         */
        public Builder maxSessionsPerKey(int maxSessionsPerKey) {
            if (maxSessionsPerKey < 1) {
                throw new IllegalArgumentException("maxSessionsPerKey must be at least 1, not " + maxSessionsPerKey);
            }
            this.maxSessionsPerKey = maxSessionsPerKey;
            return this;
        }

        /**
         * Sets how long a connection may take to become a session, TLS included; it is cut off then.
         *
         * <p>Connections that are refused, or make other requests, are cut off as well: there is nothing here but
         * sessions.
         *
         * @param handshakeTimeout positive; 10 s by default
         * @return this builder
         */
        public Builder handshakeTimeout(Duration handshakeTimeout) {
            if (handshakeTimeout.isNegative() || handshakeTimeout.isZero()) {
                throw new IllegalArgumentException("handshakeTimeout must be positive, not " + handshakeTimeout);
            }
            this.handshakeTimeout = handshakeTimeout;
            return this;
        }

        /**
         * Sets the limits and timeouts of each session. A transcriber that makes no progress for
         * {@link ServerSessionSettings#backendTimeout()}, 2 min by default, although a result is due, ends its session.
         *
         * @param session the settings
         * @return this builder
         */
        public Builder session(ServerSessionSettings session) {
            this.session = Objects.requireNonNull(session, "session");
            return this;
        }

        /**
         * Adjusts the HTTP server: event loops, metrics, access log. Its loops are by default those of
         * {@link QwenAsrClient.Builder#httpClient}.
         *
         * @param customizer applied before address, TLS and handler are set
         * @return this builder
         */
        public Builder httpServer(UnaryOperator<HttpServer> customizer) {
            this.customizer = Objects.requireNonNull(customizer, "customizer");
            return this;
        }

        /**
         * Returns the server, not yet listening.
         *
         * @return a new server
         */
        public QwenAsrServer build() {
            return new QwenAsrServer(new ServerConfig(
                    transcriber,
                    host,
                    port,
                    new ApiKeys(apiKeys),
                    tls,
                    maxFrameBytes,
                    maxSessions,
                    maxSessionsPerKey,
                    handshakeTimeout,
                    session,
                    customizer));
        }
    }
}
