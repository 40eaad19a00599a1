package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.SessionOptions;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code transcribe} against a server on a real socket. */
class TranscribeCommandTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String KEY = "sk-0f1e2d3c4b5a-right";

    @TempDir
    private Path folder;

    private final List<SessionOptions> asked = new CopyOnWriteArrayList<>();
    private RunningServer server;

    @BeforeEach
    void start() {
        server = QwenAsrServer.builder(new SpeakingClock(asked))
                .apiKeys(List.of(KEY))
                .build()
                .start()
                .block(LIMIT);
    }

    @AfterEach
    void stop() {
        server.stop(Duration.ofSeconds(5)).block(LIMIT);
    }

    private CliRun withKey() {
        return new CliRun().environment("DASHSCOPE_API_KEY", KEY);
    }

    private CliRun.Result transcribe(CliRun run, Object source, String... more) {
        return run.run(arguments(source, more));
    }

    private String[] arguments(Object source, String... more) {
        List<String> all = new ArrayList<>(List.of(
                "transcribe", source.toString(), "--endpoint", server.uri().toString(), "--speed", "max"));
        all.addAll(List.of(more));
        return all.toArray(String[]::new);
    }

    @Test
    void printsALineForEachUtterance() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 2.5, TestAudio.TONE);
        CliRun.Result result = transcribe(withKey(), file);
        assertThat(result.outLines()).containsExactly("second 1", "second 2", "second 3");
        assertThat(result.code()).isZero();
        assertThat(result.errLines())
                .containsExactly("qwen-asr: using " + server.uri()
                        + " with the API key from DASHSCOPE_API_KEY, model qwen3-asr-flash-realtime");
    }

    @Test
    void printsEachEventAsAJsonLine() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 1, TestAudio.TONE);
        CliRun.Result result = transcribe(withKey(), file, "--format", "jsonl");
        assertThat(result.code()).isZero();
        List<JsonNode> events =
                result.outLines().stream().map(JsonMapper.shared()::readTree).toList();
        assertThat(events.stream().map(e -> e.get("type").asString()))
                .containsExactly(
                        "session_ready",
                        "speech_started",
                        "partial",
                        "speech_stopped",
                        "committed",
                        "final",
                        "summary");
        String item = events.get(1).get("item_id").asString();
        assertThat(events.get(5))
                .isEqualTo(JsonMapper.shared()
                        .readTree("{\"type\":\"final\",\"item_id\":\"" + item
                                + "\",\"transcript\":\"second 1\",\"language\":\"en\",\"start_ms\":0,"
                                + "\"end_ms\":1000}"));
    }

    @Test
    void makesTheWholeFileOneUtteranceInManualMode() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 3.5, TestAudio.TONE);
        CliRun.Result result = transcribe(withKey(), file, "--manual");
        assertThat(result.outLines()).containsExactly("3.5 seconds");
        assertThat(asked).singleElement().matches(SessionOptions::isManual);
    }

    @Test
    void cutsManualUtterancesAtTheServicesLimit() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 61.5, TestAudio.TONE);
        CliRun.Result result = transcribe(withKey(), file, "--manual");
        assertThat(result.outLines()).containsExactly("60.0 seconds", "1.5 seconds");
        assertThat(result.errLines())
                .filteredOn(line -> line.contains("cut"))
                .containsExactly("qwen-asr: an utterance may have 60 s at most: cut at 01:00.0");
    }

    @Test
    void doesNotCutAnUtteranceOfExactlyTheLimit() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 60, TestAudio.TONE);
        CliRun.Result result = transcribe(withKey(), file, "--manual");
        assertThat(result.outLines()).containsExactly("60.0 seconds");
        assertThat(result.err()).doesNotContain("cut");
    }

    @Test
    void readsRawAudioOfAnyRateFromStandardInput() {
        byte[] pcm = TestAudio.pcm(2, 24_000, TestAudio.TONE);
        CliRun.Result result = transcribe(withKey().in(pcm), "-", "--rate", "24000", "--manual");
        assertThat(result.outLines()).containsExactly("2.0 seconds");
    }

    @Test
    void asksForModelAndLanguage() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 1, TestAudio.TONE);
        CliRun.Result result = transcribe(withKey(), file, "--model", "some-model", "--language", "zh");
        assertThat(result.code()).isZero();
        assertThat(asked).singleElement().satisfies(options -> {
            assertThat(options.model()).isEqualTo("some-model");
            assertThat(options.language()).isEqualTo("zh");
        });
    }

    @Test
    void takesTheKeyFromAFile() throws Exception {
        Path key = Files.writeString(folder.resolve("key"), "  " + KEY + " \nanything else\n");
        Path file = TestAudio.file(folder, "a.wav", 1, TestAudio.TONE);
        CliRun.Result result = transcribe(
                new CliRun().environment("DASHSCOPE_API_KEY", "another"), file, "--api-key-file", key.toString());
        assertThat(result.code()).isZero();
        assertThat(result.err()).contains("with the API key from " + key);
    }

    @Test
    void usesTheEmbeddedServerWithoutKeyAndEndpoint() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 1, TestAudio.TONE);
        CliRun.Result result = new CliRun().run("transcribe", file.toString(), "--speed", "max");
        assertThat(result.outLines()).containsExactly("second 1");
        assertThat(result.errLines())
                .singleElement()
                .asString()
                .matches("qwen-asr: using the embedded server ws://127.0.0.1:\\d+/api-ws/v1/realtime with the local"
                        + " recogniser, since there is neither an API key nor --endpoint");
    }

    @Test
    void releasesTheEngineOfTheEmbeddedServer() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 1, TestAudio.SILENCE);
        boolean[] released = new boolean[1];
        CliRun run = new CliRun()
                .engines((model, progress) -> new EngineLoader.Engine(new SpeakingClock(), () -> released[0] = true));
        assertThat(run.run("transcribe", file.toString(), "--speed", "max").code())
                .isEqualTo(ExitCode.NO_SPEECH.code());
        assertThat(released[0]).isTrue();
    }

    @Test
    void tellsThatTheKeyIsRefused() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 1, TestAudio.TONE);
        CliRun.Result result = transcribe(new CliRun().environment("DASHSCOPE_API_KEY", "sk-wrong-0815"), file);
        assertThat(result.code()).isEqualTo(ExitCode.KEY_REJECTED.code());
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines())
                .singleElement()
                .asString()
                .contains("HTTP 401", "InvalidApiKey", server.uri().toString())
                .doesNotContain("0815");
    }

    @Test
    void tellsThatTheHandshakeIsRefused() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 1, TestAudio.TONE);
        CliRun.Result result = withKey().run("transcribe", file.toString(), "--endpoint", server.uri() + "/elsewhere");
        assertThat(result.code()).isEqualTo(ExitCode.HANDSHAKE_REJECTED.code());
        assertThat(result.errLines()).singleElement().asString().contains("HTTP 404");
    }

    @Test
    void saysThatThereIsNoSpeech() throws Exception {
        Path file = TestAudio.file(folder, "quiet.wav", 1.5, TestAudio.SILENCE);
        CliRun.Result result = transcribe(withKey(), file);
        assertThat(result.code()).isEqualTo(ExitCode.NO_SPEECH.code());
        assertThat(result.out()).isEmpty();
        assertThat(result.errLines()).last().isEqualTo("qwen-asr: no speech found in " + file + ", 1.50 s of audio");
    }

    @Test
    void saysThatStandardInputIsEmpty() {
        CliRun.Result result = transcribe(withKey(), "-");
        assertThat(result.code()).isEqualTo(ExitCode.AUDIO_EMPTY.code());
        assertThat(result.err()).contains("standard input holds no audio");
    }

    @Test
    void printsTheRestIfAnUtteranceFails() throws Exception {
        byte[] pcm = TestAudio.pcm(2, 16_000, TestAudio.TONE);
        pcm[100] = (byte) SpeakingClock.UNINTELLIGIBLE;
        pcm[101] = (byte) (SpeakingClock.UNINTELLIGIBLE >> 8);
        CliRun.Result result = transcribe(withKey().in(pcm), "-");
        assertThat(result.code()).isEqualTo(ExitCode.PARTLY_FAILED.code());
        assertThat(result.outLines()).containsExactly("second 2");
        assertThat(result.err()).contains("could not be transcribed", "not a word");
    }

    @Test
    void printsWhatWasFinalBeforeTheSessionFailed() throws Exception {
        ByteArrayOutputStream pcm = new ByteArrayOutputStream();
        pcm.write(TestAudio.pcm(1, 16_000, TestAudio.TONE));
        pcm.write(TestAudio.pcm(1, 16_000, SpeakingClock.FATAL));
        CliRun.Result result = transcribe(withKey().in(pcm.toByteArray()), "-", "--no-resume");
        assertThat(result.code()).isEqualTo(ExitCode.SERVICE_ERROR.code());
        assertThat(result.outLines()).containsExactly("second 1");
        assertThat(result.errLines()).last().asString().contains("the service reported");
    }

    @Test
    void bringsTheSessionToAnEndWhenInterrupted() throws Exception {
        Path file = TestAudio.file(folder, "long.wav", 600, TestAudio.TONE);
        CliRun run = withKey()
                .start("transcribe", file.toString(), "--endpoint", server.uri().toString(), "--speed", "20");
        run.awaitOut(out -> out.contains("second 2"));
        run.interrupts().signal(ExitCode.INTERRUPTED);
        CliRun.Result result = run.await();
        assertThat(result.code()).isEqualTo(130);
        assertThat(result.outLines()).startsWith("second 1", "second 2");
        assertThat(run.exit()).isEqualTo(-1);
    }

    @Test
    void endsAtOnceWhenInterruptedAgain() throws Exception {
        Path file = TestAudio.file(folder, "long.wav", 600, TestAudio.TONE);
        CliRun run = withKey()
                .start("transcribe", file.toString(), "--endpoint", server.uri().toString(), "--speed", "20");
        run.awaitOut(out -> out.contains("second 1"));
        run.interrupts().signal(ExitCode.TERMINATED);
        run.interrupts().signal(ExitCode.INTERRUPTED);
        assertThat(run.exit()).isEqualTo(130);
        assertThat(run.await().code()).isEqualTo(143);
    }

    @Test
    void endsQuietlyWhenTheReaderGoesAway() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 2, TestAudio.TONE);
        CliRun.Result result = transcribe(withKey().pipe(new Broken("Daten\u00fcbergabe unterbrochen")), file);
        assertThat(result.code()).isEqualTo(ExitCode.PIPE_CLOSED.code());
        assertThat(result.errLines()).singleElement().asString().contains("using ws://");
    }

    @Test
    void tellsThatOutputCannotBeWritten() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 2, TestAudio.TONE);
        CliRun.Result result = transcribe(withKey().out(new Broken("No space left on device")), file);
        assertThat(result.code()).isEqualTo(ExitCode.OUTPUT_FAILED.code());
        assertThat(result.errLines())
                .last()
                .isEqualTo("qwen-asr: cannot write to standard output: No space left on device");
    }

    /** A stream that takes nothing. */
    private static final class Broken extends OutputStream {
        private final String message;

        Broken(String message) {
            this.message = message;
        }

        @Override
        public void write(int b) throws IOException {
            throw new IOException(message);
        }
    }
}
