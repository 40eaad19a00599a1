package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.samples.cli.CliRun.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** No key is printed, even with everything logged that there is to log. */
class KeySecrecyTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String RIGHT = "sk-a1b2c3d4-the-right-key";
    private static final String WRONG = "sk-e5f6a7b8-some-wrong-key";

    @TempDir
    private Path folder;

    private RunningServer server;
    private String speech;

    @BeforeEach
    void start() throws Exception {
        speech = TestAudio.file(folder, "speech.wav", 2, TestAudio.TONE).toString();
        server = QwenAsrServer.builder(new SpeakingClock())
                .apiKeys(List.of(RIGHT))
                .build()
                .start()
                .block(LIMIT);
    }

    @AfterEach
    void stop() {
        server.stop(Duration.ofSeconds(5)).block(LIMIT);
        Logging.configure(System.err, 0);
    }

    private static void assertSecret(Result result, String... keys) {
        // Not by the lines of Netty, which come only where a test is the first to load a class.
        for (String logger : List.of("io.qwenasr", "io.netty", "reactor")) {
            assertThat(LoggerFactory.getLogger(logger).isTraceEnabled())
                    .as(logger + " logs at TRACE")
                    .isTrue();
        }
        assertThat(result.err()).contains("io.netty").contains("reactor");
        for (String key : keys) {
            assertThat(result.out()).doesNotContain(key);
            assertThat(result.err()).doesNotContain(key);
        }
        assertThat(result.err()).doesNotContainPattern("(?i)bearer +[a-z0-9]");
    }

    @Test
    void ofASessionThatWorks() {
        Result result = new CliRun()
                .environment("DASHSCOPE_API_KEY", RIGHT)
                .run(
                        "transcribe",
                        "-vvv",
                        speech,
                        "--speed",
                        "max",
                        "--endpoint",
                        server.uri().toString());
        assertThat(result.code()).isZero();
        assertThat(result.err()).contains(" TRACE ");
        assertSecret(result, RIGHT);
    }

    @Test
    void ofASessionThatIsRefused() throws Exception {
        Path file = Files.writeString(folder.resolve("key"), WRONG);
        Result result = new CliRun()
                .run(
                        "-vvv",
                        "transcribe",
                        speech,
                        "--api-key-file",
                        file.toString(),
                        "--endpoint",
                        server.uri().toString());
        assertThat(result.code()).isEqualTo(ExitCode.KEY_REJECTED.code());
        assertThat(result.err()).contains("HandshakeRejectedException");
        assertSecret(result, WRONG);
    }

    @Test
    void ofTheEmbeddedServer() {
        Result result = new CliRun().run("transcribe", speech, "--speed", "max", "-vvv");
        assertThat(result.err()).contains(" TRACE ");
        assertSecret(result);
    }

    @Test
    void ofAServerOfOurs() throws Exception {
        Path file = Files.writeString(folder.resolve("keys"), "# who may\n" + RIGHT + "\n");
        CliRun serving = new CliRun().start("serve", "-vvv", "--api-key-file", file.toString());
        String uri = serving.awaitOut(out -> out.contains("\n")).strip().replace("listening on ", "");
        Result result = new CliRun()
                .environment("DASHSCOPE_API_KEY", RIGHT)
                .run("transcribe", "-vvv", speech, "--speed", "max", "--endpoint", uri);
        serving.interrupts().signal(ExitCode.TERMINATED);
        assertThat(result.code()).isZero();
        assertThat(result.err()).contains(" TRACE ");
        assertSecret(result, RIGHT);
        assertThat(serving.await().err()).doesNotContain(RIGHT);
    }

    @Test
    void nothingIsLoggedUnlessAskedFor() {
        Result result = new CliRun().run("transcribe", speech, "--speed", "max");
        assertThat(result.errLines()).singleElement().asString().contains("using the embedded server");
    }
}
