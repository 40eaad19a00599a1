package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What manual pages are made from. */
class ManPagesTest {

    @TempDir
    private Path folder;

    @Test
    void describesEachCommandAndOption() throws Exception {
        ManPages.generate(folder, "1.2.3");
        assertThat(Files.readString(folder.resolve("qwen-asr.adoc"))).contains("transcribe", "serve", "demo");
        assertThat(Files.readString(folder.resolve("qwen-asr-transcribe.adoc")))
                .contains(
                        "*--output-dir*=_DIR_",
                        "*--jobs*=_N_",
                        "*--format*",
                        "*--model-folder*",
                        "Examples:\n\n[%hardbreaks]\n  qwen-asr")
                .contains("qwen-asr 1.2.3")
                .contains("*45*");
        assertThat(folder.resolve("qwen-asr-serve.adoc")).isNotEmptyFile();
        assertThat(folder.resolve("qwen-asr-demo.adoc")).isNotEmptyFile();
    }
}
