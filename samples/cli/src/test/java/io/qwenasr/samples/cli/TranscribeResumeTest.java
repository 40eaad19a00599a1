package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.SessionOptions;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.test.Fault;
import io.qwenasr.reactor.test.FaultProxy;
import io.qwenasr.reactor.test.Moment;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code transcribe} when the connection is lost. */
class TranscribeResumeTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private RunningServer server;
    private byte[] twoUtterances;

    @BeforeEach
    void start() throws IOException {
        server = QwenAsrServer.builder(ScriptedTranscriber.digest())
                .build()
                .start()
                .block(LIMIT);
        ByteArrayOutputStream pcm = new ByteArrayOutputStream();
        for (int i = 0; i < 2; i++) {
            pcm.write(TestAudio.pcm(1, 16_000, TestAudio.TONE));
            pcm.write(TestAudio.pcm(1.5, 16_000, TestAudio.SILENCE));
        }
        twoUtterances = pcm.toByteArray();
    }

    @AfterEach
    void stop() {
        server.stop(Duration.ofSeconds(5)).block(LIMIT);
    }

    private CliRun.Result transcribe(Object endpoint, String... more) {
        List<String> all =
                new ArrayList<>(List.of("transcribe", "-", "--endpoint", endpoint.toString(), "--speed", "20"));
        all.addAll(List.of(more));
        return new CliRun().in(twoUtterances).run(all.toArray(String[]::new));
    }

    private FaultProxy proxy(int append) {
        return FaultProxy.builder(server.endpoint())
                .connection(1, Fault.reset(Moment.clientEvent("input_audio_buffer.append", append)))
                .start();
    }

    @Test
    void reconnectsAndTellsWhatBecameOfTheAudio() {
        CliRun.Result undisturbed = transcribe(server.uri());
        assertThat(undisturbed.outLines()).hasSize(2);
        assertThat(undisturbed.errLines()).singleElement().asString().contains("using ws://");
        try (FaultProxy proxy = proxy(20)) {
            CliRun.Result result = transcribe(proxy.endpoint().uri());
            assertThat(result.code()).isZero();
            assertThat(result.outLines()).isEqualTo(undisturbed.outLines());
            assertThat(result.errLines()).hasSize(3);
            assertThat(result.errLines().get(1))
                    .matches("qwen-asr: reconnected at attempt 1, \\d\\.\\d\\d s of audio sent again, after: .*");
            assertThat(result.errLines().get(2)).isEqualTo("qwen-asr: audio 00:00.0 to 00:05.0: settled");
        }
    }

    @Test
    void tellsReconnectsAndTheSummaryAsJsonToo() {
        try (FaultProxy proxy = proxy(20)) {
            CliRun.Result result = transcribe(proxy.endpoint().uri(), "--format", "jsonl");
            assertThat(result.outLines())
                    .filteredOn(line -> line.contains("\"reconnected\""))
                    .hasSize(1);
            assertThat(result.outLines())
                    .last()
                    .isEqualTo("{\"type\":\"summary\",\"offered_ms\":5000,\"settled_ms\":5000,\"lost_ms\":0}");
        }
    }

    @Test
    void failsWithoutResuming() {
        try (FaultProxy proxy = proxy(20)) {
            CliRun.Result result = transcribe(proxy.endpoint().uri(), "--no-resume");
            assertThat(result.code()).isEqualTo(ExitCode.CONNECTION_LOST.code());
            assertThat(result.err()).doesNotContain("reconnected");
        }
    }

    @Test
    void replacesSessionsInTime() {
        List<SessionOptions> sessions = new CopyOnWriteArrayList<>();
        Transcriber counted = (audio, options) -> {
            sessions.add(options);
            return ScriptedTranscriber.digest().transcribe(audio, options);
        };
        RunningServer limited = QwenAsrServer.builder(counted).build().start().block(LIMIT);
        try {
            CliRun.Result result = new CliRun()
                    .in(twoUtterances)
                    .run("transcribe", "-", "--endpoint", limited.uri().toString(), "--session-limit", "1s");
            assertThat(result.code()).as(result.err()).isZero();
            assertThat(result.outLines()).isEqualTo(transcribe(server.uri()).outLines());
            assertThat(sessions).hasSizeGreaterThan(1);
            assertThat(result.errLines())
                    .as("nothing is lost, and the endpoint is told once")
                    .singleElement()
                    .asString()
                    .contains("using ws://");
        } finally {
            limited.stop(Duration.ofSeconds(5)).block(LIMIT);
        }
    }

    @ParameterizedTest
    @CsvSource({"5, no time", "1x, no time", "PT, no time", "0s, 1s to 24h", "25h, 1s to 24h", "-5m, no time"})
    void refusesAStrangeSessionLimit(String limit, String why) {
        CliRun.Result result = new CliRun().run("transcribe", "-", "--session-limit=" + limit);
        assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(result.errLines()).singleElement().asString().contains("--session-limit", why);
    }

    @Test
    void refusesASessionLimitWithoutResuming() {
        CliRun.Result result = new CliRun().run("mic", "--session-limit=90m", "--no-resume");
        assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
        assertThat(result.errLines()).singleElement().asString().contains("--no-resume forbids");
    }
}
