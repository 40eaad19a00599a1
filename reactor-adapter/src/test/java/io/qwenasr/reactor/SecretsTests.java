package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/** The API key stays out of every log line, of every library involved, at every level, and of every error. */
class SecretsTests {

    private static final String KEY = "sk-0a1b2c3d4e5f";
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @RegisterExtension
    final Servers servers = new Servers();

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Level before = root.getLevel();
    private final Captured captured = new Captured();

    /** Keeps whole lines, stack traces included. */
    private static final class Captured extends AppenderBase<ILoggingEvent> {
        private final Queue<String> lines = new ConcurrentLinkedQueue<>();
        private final PatternLayout layout = new PatternLayout();

        @Override
        public void start() {
            layout.setContext(getContext());
            layout.setPattern("%level %logger %msg %mdc%n%ex{full}");
            layout.start();
            super.start();
        }

        @Override
        protected void append(ILoggingEvent event) {
            lines.add(layout.doLayout(event));
        }
    }

    @BeforeEach
    void capture() {
        captured.setContext(root.getLoggerContext());
        captured.start();
        root.detachAndStopAllAppenders();
        root.addAppender(captured);
        root.setLevel(Level.TRACE);
    }

    @AfterEach
    void restore() {
        root.setLevel(before);
        root.detachAppender(captured);
    }

    private static String outcome(QwenAsrClient client) {
        Flux<ByteBuffer> audio = Flux.range(0, 12).map(i -> ByteBuffer.allocate(3_200));
        return client.transcribe(audio)
                .map(Object::toString)
                .onErrorResume(e -> Flux.just(e + " " + e.getCause()))
                .collectList()
                .map(Object::toString)
                .block(LIMIT);
    }

    @Test
    void keepsTheKeyToItself() throws IOException {
        RunningServer server =
                servers.start(QwenAsrServer.builder(new CountingTranscriber()).apiKeys(List.of(KEY)));
        QwenAsrClient right =
                QwenAsrClient.builder(server.endpoint()).apiKey(KEY).build();
        QwenAsrClient wrong =
                QwenAsrClient.builder(server.endpoint()).apiKey(KEY + "x").build();
        QwenAsrClient broken =
                QwenAsrClient.builder(server.endpoint()).apiKey(KEY + "\nx").build();
        String outcomes = outcome(right) + outcome(wrong) + outcome(broken) + right + wrong + server.uri();
        server.stop(Duration.ofSeconds(5)).block(LIMIT);
        // Taken, so that nobody else can listen there meanwhile.
        try (Socket taken = new Socket()) {
            taken.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            outcomes +=
                    outcome(QwenAsrClient.builder(Endpoint.of("ws://127.0.0.1:" + taken.getLocalPort() + Endpoint.PATH))
                            .apiKey(KEY)
                            .build());
        }

        assertThat(outcomes)
                .contains("Final", "HTTP 401", "line breaks", "nothing listens")
                .doesNotContain(KEY);
        assertThat(captured.lines).anyMatch(line -> line.contains("input_audio_buffer.append"));
        assertThat(captured.lines).anyMatch(line -> line.startsWith("TRACE io.qwenasr"));
        assertThat(captured.lines).noneMatch(line -> line.contains(KEY));
    }
}
