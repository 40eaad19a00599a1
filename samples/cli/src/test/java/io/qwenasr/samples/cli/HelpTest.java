package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.samples.cli.CliRun.Result;
import java.io.IOException;
import java.io.OutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HelpTest {

    @Test
    void listsCommandsAndEveryExitCodeOnce() {
        Result result = new CliRun().run("--help");
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).contains("demo", "transcribe", "mic", "serve", "Examples:");
        for (ExitCode code : ExitCode.values()) {
            assertThat(result.outLines())
                    .filteredOn(line -> line.matches(" +" + code.code() + "  .*"))
                    .hasSize(1);
        }
    }

    @Test
    void codesAreDistinct() {
        assertThat(Stream.of(ExitCode.values()).map(ExitCode::code)).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @ValueSource(strings = {"demo", "transcribe", "mic", "serve", "generate-completion"})
    void explainsEachCommand(String command) {
        Result result = new CliRun().run(command, "--help");
        assertThat(result.code()).isZero();
        assertThat(result.out())
                .startsWith("Usage: qwen-asr " + command)
                .contains("Exit codes:", "--verbose", "Examples:");
        assertThat(result.outLines()).allMatch(line -> line.length() <= 80);
    }

    @Test
    void documentsEachFormatAndWhereTheKeyIsFrom() {
        String help = new CliRun().run("transcribe", "--help").out();
        assertThat(help)
                .contains(
                        "DASHSCOPE_API_KEY",
                        "--api-key-file",
                        "jsonl",
                        "item_id",
                        "start_ms",
                        "audio_dropped",
                        "cleared",
                        "text",
                        "--no-resume");
    }

    @ParameterizedTest
    @ValueSource(strings = {"--help", "--version", "transcribe --help", "generate-completion"})
    void tellsThatItCannotBeWritten(String line) {
        OutputStream full = new OutputStream() {
            @Override
            public void write(int b) throws IOException {
                throw new IOException("No space left on device");
            }
        };
        Result result = new CliRun().out(full).run(line.split(" "));
        assertThat(result.code()).isEqualTo(ExitCode.OUTPUT_FAILED.code());
        assertThat(result.err())
                .isEqualTo("qwen-asr: cannot write to standard output: No space left on device%n".formatted());
    }

    @Test
    void tellsItsVersion() {
        Result result = new CliRun().run("--version");
        assertThat(result.code()).isZero();
        assertThat(result.outLines()).singleElement().asString().startsWith("qwen-asr ");
    }
}
