package io.qwenasr.reactor;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

/** The servers of a test; stopped after it, however it ends. */
public final class Servers implements AfterEachCallback {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final List<Mono<Void>> stops = new ArrayList<>();

    public RunningServer start(QwenAsrServer.Builder builder) {
        RunningServer server = builder.build().start().block(LIMIT);
        stops.add(server.stop(GRACE));
        return server;
    }

    public DisposableServer bind(HttpServer http) {
        DisposableServer server = http.bindNow(LIMIT);
        stops.add(Mono.<Void>fromRunnable(server::dispose).then(server.onDispose()));
        return server;
    }

    @Override
    public void afterEach(ExtensionContext context) {
        Mono.whenDelayError(stops).block(LIMIT);
    }
}
