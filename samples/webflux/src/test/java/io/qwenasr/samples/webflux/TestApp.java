package io.qwenasr.samples.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.resume.ReconnectPolicy;
import io.qwenasr.reactor.resume.ResumingTranscriber;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.boot.web.server.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.support.GenericApplicationContext;

/** The whole application on a free port, with a transcriber of the test's or with its own. */
final class TestApp implements AutoCloseable {

    static final Duration LIMIT = Duration.ofSeconds(30);

    private final ConfigurableApplicationContext context;
    private final int port;

    private TestApp(ConfigurableApplicationContext context) {
        this.context = context;
        this.port =
                ((ReactiveWebServerApplicationContext) context).getWebServer().getPort();
    }

    /** @param transcriber null for the application's own, by its properties */
    static TestApp start(Transcriber transcriber, String... properties) {
        Map<String, Object> defaults = Map.of(
                "server.shutdown", "immediate",
                // Not 0: event loops of Netty 4.2 then end without closing their sockets, now and then.
                "spring.reactor.netty.shutdown-quiet-period", "100ms");
        List<String> arguments = new ArrayList<>(List.of(properties));
        if (arguments.stream().noneMatch(argument -> argument.startsWith("--qwen.asr.api-key="))) {
            arguments.add("--qwen.asr.api-key="); // whatever the environment of the build has
        }
        if (arguments.stream().noneMatch(argument -> argument.startsWith("--server.port="))) {
            arguments.add("--server.port=0");
        }
        SpringApplicationBuilder builder = new SpringApplicationBuilder(CaptionsApplication.class).properties(defaults);
        builder.initializers((GenericApplicationContext beans) -> {
            if (transcriber != null) {
                beans.registerBean(
                        "transcriberOfTheTest",
                        Transcriber.class,
                        () -> ResumingTranscriber.of(transcriber).reconnecting(quick()));
            }
            beans.registerBean(ReconnectPolicy.class, () -> quick());
        });
        return new TestApp(builder.run(arguments.toArray(String[]::new)));
    }

    private static ReconnectPolicy quick() {
        return new ReconnectPolicy(2, Duration.ofMillis(20), Duration.ofMillis(20), 0, Duration.ofSeconds(30));
    }

    int port() {
        return port;
    }

    URI http(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    URI ws(String path) {
        return URI.create("ws://127.0.0.1:" + port + path);
    }

    int openSessions() {
        return context.getBean(Admission.class).open();
    }

    void awaitNoSessions() {
        Await.until("all sessions of the application are closed", () -> openSessions() == 0);
    }

    @Override
    public void close() {
        context.close();
        assertThat(context.isActive()).isFalse();
    }
}
