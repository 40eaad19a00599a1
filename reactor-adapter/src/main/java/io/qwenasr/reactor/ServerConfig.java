package io.qwenasr.reactor;

import io.netty.handler.ssl.SslContext;
import io.qwenasr.session.ServerSessionSettings;
import java.time.Duration;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.server.HttpServer;

/** What a server was built with. */
record ServerConfig(
        Transcriber transcriber,
        String host,
        int port,
        ApiKeys apiKeys,
        @Nullable SslContext tls,
        int maxFrameBytes,
        int maxSessions,
        int maxSessionsPerKey,
        Duration handshakeTimeout,
        ServerSessionSettings session,
        UnaryOperator<HttpServer> customizer) {}
