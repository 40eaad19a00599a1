package io.qwenasr.samples.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import ch.qos.logback.core.AppenderBase;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;
import org.springframework.util.unit.DataSize;

/** The key of the service is nobody's business: not in an answer, not in the page, not in a line of the log. */
class SecretsTests {

    private static final String KEY = "sk-a-key-that-nobody-may-see";

    private final Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    private final Queue<String> lines = new ConcurrentLinkedQueue<>();
    private final AppenderBase<ILoggingEvent> listener = new AppenderBase<>() {
        @Override
        protected void append(ILoggingEvent event) {
            lines.add(event.getFormattedMessage() + ThrowableProxyUtil.asString(event.getThrowableProxy()));
        }
    };

    @BeforeEach
    void listen() {
        listener.setContext(root.getLoggerContext());
        listener.start();
    }

    @AfterEach
    void forget() {
        root.detachAppender(listener);
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.timeout(TestApp.LIMIT).build(), BodyHandlers.ofString());
    }

    @Test
    void theKeyStaysOnTheServer() throws Exception {
        RunningServer refuses = TestService.start(
                QwenAsrServer.builder(ScriptedTranscriber.finals()).apiKeys(List.of("another-key")));
        try (TestApp app = TestApp.start(
                null,
                "--qwen.asr.endpoint=" + refuses.uri(),
                "--qwen.asr.api-key=" + KEY,
                // As an operator would, looking for what is wrong.
                "--logging.level.io.qwenasr=TRACE",
                "--logging.level.org.springframework=DEBUG",
                "--logging.level.reactor=DEBUG")) {
            root.addAppender(listener);
            for (String path : List.of(
                    "/",
                    "/app.js",
                    "/session.js",
                    "/service",
                    "/actuator/health",
                    "/actuator/prometheus",
                    "/nothing-here")) {
                HttpResponse<String> answer = send(HttpRequest.newBuilder(app.http(path)));
                assertThat(answer.body() + answer.headers()).as(path).doesNotContain(KEY);
            }
            HttpResponse<String> failed = send(HttpRequest.newBuilder(app.http("/transcriptions"))
                    .POST(BodyPublishers.ofByteArray(Wav.seconds(1))));
            assertThat(failed.statusCode()).isEqualTo(502);
            assertThat(failed.body() + failed.headers()).doesNotContain(KEY);

            PageClient page = PageClient.connect(HttpClient.newHttpClient(), app, "");
            page.audio(Wav.BYTES_PER_SECOND);
            assertThat(page.await("session_failed").toString()).doesNotContain(KEY);
            assertThat(page.awaitClose()).isEqualTo(1011);
        } finally {
            TestService.stop(refuses);
        }
        assertThat(lines).anyMatch(line -> line.contains("is the API key right"));
        assertThat(String.join("\n", lines)).doesNotContain(KEY);
    }

    @Test
    void propertiesDoNotShowTheirSecrets() {
        assertThat(new CaptionsProperties(DataSize.ofMegabytes(1), 1, 1, TestApp.LIMIT, List.of(), List.of(KEY), null)
                        .toString())
                .doesNotContain(KEY);
    }
}
