package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.samples.cli.CliRun.Result;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What can be wrong before a session begins: one line, a code of its own, no result. */
class TranscribeErrorsTest {

    @TempDir
    private Path folder;

    private String speech;

    @BeforeEach
    void write() throws IOException {
        speech = TestAudio.file(folder, "speech.wav", 1, TestAudio.TONE).toString();
    }

    private static Result run(String... arguments) {
        return new CliRun()
                .engines((model, progress) -> {
                    throw new AssertionError("no engine is needed to see this error");
                })
                .run(arguments);
    }

    private static void assertFails(Result result, ExitCode code, String... parts) {
        assertThat(result.errLines())
                .singleElement()
                .asString()
                .startsWith("qwen-asr: ")
                .contains(parts);
        assertThat(result.code()).isEqualTo(code.code());
        assertThat(result.out()).isEmpty();
    }

    private String file(String name, byte[] bytes) throws IOException {
        return Files.write(folder.resolve(name), bytes).toString();
    }

    @Test
    void noSuchFile() {
        String missing = folder.resolve("missing.wav").toString();
        assertFails(run("transcribe", missing), ExitCode.FILE_NOT_FOUND, "no such file", missing);
    }

    @Test
    void directory() {
        assertFails(run("transcribe", folder.toString()), ExitCode.FILE_UNREADABLE, "is a directory");
    }

    @Test
    void emptyFile() throws Exception {
        assertFails(run("transcribe", file("empty.wav", new byte[0])), ExitCode.AUDIO_EMPTY, "empty.wav");
    }

    @Test
    void headerOnly() throws Exception {
        String file = file("header.wav", TestAudio.wav(new byte[0], 16_000));
        assertFails(run("transcribe", file), ExitCode.AUDIO_EMPTY, "header.wav");
    }

    @Test
    void truncatedHeader() throws Exception {
        byte[] header = Arrays.copyOf(TestAudio.wav(new byte[100], 16_000), 30);
        assertFails(run("transcribe", file("cut.wav", header)), ExitCode.HEADER_TRUNCATED, "cut.wav", "header");
    }

    @Test
    void notAudio() throws Exception {
        String file = file("notes.wav", "these are the notes of a meeting".getBytes(StandardCharsets.US_ASCII));
        assertFails(run("transcribe", file), ExitCode.NOT_AUDIO, "notes.wav", "WAV");
    }

    @Test
    void unsupportedRate() throws Exception {
        String file = file("slow.wav", TestAudio.wav(new byte[1000], 4_000));
        assertFails(run("transcribe", file), ExitCode.AUDIO_UNSUPPORTED, "slow.wav", "4000");
    }

    @Test
    void missingModelFolder() {
        String missing = folder.resolve("model").toString();
        Result result = new CliRun().engines(EngineLoader::local).run("transcribe", speech, "--model-folder", missing);
        assertFails(result, ExitCode.MODEL_FOLDER_MISSING, missing, "does not exist");
    }

    @Test
    void nothingListens() {
        Result result = run("transcribe", speech, "--endpoint", "ws://127.0.0.1:1/api-ws/v1/realtime");
        assertFails(result, ExitCode.NOT_CONNECTED, "nothing listens at ws://127.0.0.1:1");
    }

    @Test
    void unknownHost() {
        Result result = run("transcribe", speech, "--endpoint", "wss://no-such-host.invalid/api-ws/v1/realtime");
        assertFails(result, ExitCode.UNKNOWN_HOST, "unknown host no-such-host.invalid");
    }

    @ParameterizedTest
    @ValueSource(strings = {"http://localhost/", "localhost:8080", "ws://", "ws://a b/", "ws://user:word@host/", ""})
    void badEndpoint(String endpoint) {
        assertFails(run("transcribe", speech, "--endpoint", endpoint), ExitCode.ENDPOINT_INVALID, "'" + endpoint + "'");
    }

    @Test
    void unusableKeys() throws Exception {
        String missing = folder.resolve("no-key").toString();
        assertFails(run("transcribe", speech, "--api-key-file", missing), ExitCode.KEY_UNUSABLE, "no such", missing);
        String blank = file("blank-key", "\nsk-second-line\n".getBytes(StandardCharsets.US_ASCII));
        assertFails(run("transcribe", speech, "--api-key-file", blank), ExitCode.KEY_UNUSABLE, "first line");
        Result spaced =
                new CliRun().environment("DASHSCOPE_API_KEY", "sk-12 34").run("transcribe", speech);
        assertFails(spaced, ExitCode.KEY_UNUSABLE, "DASHSCOPE_API_KEY");
        assertThat(spaced.err()).doesNotContain("sk-12");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "transcribe ; FILE|-",
                "transcribe a.wav b.wav ; several files need --output-dir",
                "transcribe a.wav --colour=red ; unknown option --colour",
                "transcribe a.wav --speed 0 ; a number from 0.01 to 1000",
                "transcribe a.wav --speed fast ; 'fast' is neither max nor a number",
                "transcribe a.wav --format xml ; text, jsonl",
                "transcribe a.wav --jobs 2 ; need --output-dir",
                "transcribe a.wav --output-dir o --jobs 0 ; --jobs must be 1 to 64, not 0",
                "transcribe a.wav - --output-dir o ; standard input has no name",
                "transcribe a.wav --output-dir o --rate 8000 ; --rate is for raw audio",
                "transcribe a.wav --rate 8000 ; --rate is for raw audio",
                "transcribe - --rate 7999 ; 8000 to 192000 Hz",
                "transcribe a.wav --model-folder m --endpoint ws://h ; excludes --endpoint",
                "transcribe a.wav --language='' ; language must not be blank",
                "transcribe a.wav --api-key sk-secret ; never an argument",
                "transcribe a.wav --api-key=sk-secret ; never an argument",
                "--speed 2 ; unknown option --speed",
                "translate a.wav ; unknown command 'translate'",
                "serve --port 65536 ; --port must be 0 to 65535",
                "serve --port x ; --port",
                "serve --tls-cert c.pem ; --tls-key is missing",
            })
    void usage(String line, String part) {
        Result result = run(line.replace("''", "").split(" ", -1));
        assertFails(result, ExitCode.USAGE, part, "--help");
        assertThat(result.err()).doesNotContain("secret");
    }

    @Test
    void noCommand() {
        assertFails(run(), ExitCode.USAGE, "a command is needed", "demo, transcribe, mic or serve");
    }
}
