package io.qwenasr.samples.webflux;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.samples.localengine.DemoRecording;
import io.qwenasr.samples.localengine.WordErrorRate;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The executable jar, as a process of its own, with what only it has: native libraries in jars within a jar. */
class PackagedJarIT {

    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();
    private static final Pattern PORT = Pattern.compile("Netty started on port (\\d+)");
    private static final Pattern TRANSCRIPT = Pattern.compile("\"type\":\"final\",.*?\"transcript\":\"([^\"]*)\"");

    @TempDir
    private Path folder;

    private Process process;

    @AfterEach
    void endProcess() {
        process.destroyForcibly();
    }

    private Path start(String... arguments) throws Exception {
        List<String> line = new ArrayList<>(List.of(JAVA, "-jar", System.getProperty("qwenasr.jar")));
        line.addAll(List.of(arguments));
        Path log = folder.resolve("app.log");
        ProcessBuilder builder =
                new ProcessBuilder(line).redirectErrorStream(true).redirectOutput(log.toFile());
        builder.environment().remove("JAVA_TOOL_OPTIONS");
        builder.environment().remove("DASHSCOPE_API_KEY");
        process = builder.start();
        return log;
    }

    private static String read(Path log) {
        try {
            return Files.exists(log) ? Files.readString(log, StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private int awaitPort(Path log) {
        Await.until("the application listens", () -> PORT.matcher(read(log)).find() || !process.isAlive());
        Matcher port = PORT.matcher(read(log));
        assertThat(port.find()).as(read(log)).isTrue();
        return Integer.parseInt(port.group(1));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HttpClient.newHttpClient().send(request.timeout(TestApp.LIMIT).build(), BodyHandlers.ofString());
    }

    @Test
    void transcribesWithTheEmbeddedEngine() throws Exception {
        int port = awaitPort(start("--server.port=0"));
        URI base = URI.create("http://127.0.0.1:" + port + "/");
        assertThat(send(HttpRequest.newBuilder(base)).body()).contains("data-testid=\"start\"");
        HttpResponse<String> events = send(HttpRequest.newBuilder(base.resolve("transcriptions"))
                .POST(BodyPublishers.ofByteArray(DemoRecording.wav())));

        List<String> finals = new ArrayList<>();
        Matcher transcript = TRANSCRIPT.matcher(events.body());
        while (transcript.find()) {
            finals.add(transcript.group(1));
        }
        assertThat(WordErrorRate.of(DemoRecording.script(), String.join(" ", finals))
                        .rate())
                .as(events.body())
                .isLessThanOrEqualTo(0.10);
        process.destroy();
        assertThat(process.waitFor(TestApp.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    }
}
