package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.samples.cli.CliRun.Result;
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
                        "text",
                        "--no-resume");
    }

    @Test
    void tellsItsVersion() {
        Result result = new CliRun().run("--version");
        assertThat(result.code()).isZero();
        assertThat(result.outLines()).singleElement().asString().startsWith("qwen-asr ");
    }
}
