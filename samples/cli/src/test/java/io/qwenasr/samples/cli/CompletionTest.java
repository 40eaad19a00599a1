package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.samples.cli.CliRun.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** {@code generate-completion}, in a shell. */
class CompletionTest {

    @TempDir
    private Path folder;

    @Test
    @EnabledOnOs(OS.LINUX)
    void completesInBash() throws Exception {
        Result result = new CliRun().run("generate-completion");
        assertThat(result.code()).isZero();
        assertThat(result.err()).isEmpty();
        Path script = Files.writeString(folder.resolve("completion"), result.out());
        assertThat(complete(script, "qwen-asr", "tr")).containsExactly("transcribe");
        assertThat(complete(script, "qwen-asr", "transcribe", "--output")).containsExactly("--output-dir");
        assertThat(complete(script, "qwen-asr", "transcribe", "--format", "s")).containsExactly("srt");
    }

    private List<String> complete(Path script, String... words) throws Exception {
        String line = "source '" + script + "'; COMP_WORDS=(" + String.join(" ", words) + "); COMP_CWORD="
                + (words.length - 1) + "; _complete_qwen-asr; printf '%s\\n' \"${COMPREPLY[@]}\"";
        Process bash = new ProcessBuilder("bash", "--norc", "-c", line)
                .redirectError(ProcessBuilder.Redirect.DISCARD) // compopt outside a completion
                .start();
        bash.getOutputStream().close();
        List<String> offered = bash.inputReader().lines().map(String::strip).toList();
        assertThat(bash.waitFor(CliRun.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
        return offered;
    }
}
