package io.qwenasr.samples.cli;

import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.samples.cli.EngineLoader.Engine;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;

/**
 * A server on a free loopback port, for this process only: it accepts a key that nobody else knows.
 *
 * <p>Closing it closes the engine, too.
 */
final class EmbeddedServer implements AutoCloseable {

    private static final Duration START_LIMIT = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration STOP_LIMIT = GRACE.plusSeconds(20);
    private static final int KEY_BYTES = 16;

    private final Engine engine;
    private final RunningServer server;
    private final String key;

    private EmbeddedServer(Engine engine, RunningServer server, String key) {
        this.engine = engine;
        this.server = server;
        this.key = key;
    }

    static EmbeddedServer start(Engine engine) {
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        String key = HexFormat.of().formatHex(random);
        try {
            RunningServer server = QwenAsrServer.builder(engine.transcriber())
                    .apiKeys(List.of(key))
                    .build()
                    .start()
                    .block(START_LIMIT);
            return new EmbeddedServer(engine, Objects.requireNonNull(server), key);
        } catch (RuntimeException e) {
            engine.close();
            throw new CommandFailure(
                    ExitCode.CANNOT_LISTEN, "cannot listen on 127.0.0.1: " + ErrorReport.reasonOf(e), e);
        }
    }

    URI uri() {
        return server.uri();
    }

    QwenAsrClient.Builder client() {
        return QwenAsrClient.builder(server.endpoint()).apiKey(key);
    }

    @Override
    public void close() {
        try {
            server.stop(GRACE).block(STOP_LIMIT);
        } finally {
            engine.close();
        }
    }
}
