package io.qwenasr.samples.webflux;

import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import java.time.Duration;
import java.util.Objects;
import reactor.netty.resources.LoopResources;

/** A service as on another machine: on event loops of its own, which an application that ends does not take along. */
final class TestService {

    private static final LoopResources LOOPS = LoopResources.create("service-of-the-test", 1, true);
    private static final Duration GRACE = Duration.ofSeconds(1);

    private TestService() {}

    static RunningServer start(QwenAsrServer.Builder service) {
        return Objects.requireNonNull(
                service.httpServer(http -> http.runOn(LOOPS)).build().start().block(TestApp.LIMIT));
    }

    static void stop(RunningServer service) {
        service.stop(GRACE).block(TestApp.LIMIT);
    }
}
