package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.test.scheduler.VirtualTimeScheduler;

class LiveProgressTest {

    private final VirtualTimeScheduler time = VirtualTimeScheduler.create();

    @AfterEach
    void end() {
        time.dispose();
    }

    private FileProgress file(String name, double seconds) {
        FileProgress file = new FileProgress(name, () -> time.now(TimeUnit.NANOSECONDS));
        file.length(Duration.ofMillis((long) (1_000 * seconds)));
        return file;
    }

    private LiveProgress progress(OutputStream screen, TerminalInfo terminal, String... noColour) {
        CaptionScreen drawn = CaptionScreen.drawing(
                new Output(screen, StandardCharsets.UTF_8),
                terminal,
                noColour.length == 0 ? Map.of() : Map.of("NO_COLOR", noColour[0]));
        return new LiveProgress(drawn, terminal, "0 of 3 done", time);
    }

    private void sends(FileProgress file, double seconds) {
        file.sends((int) (seconds * AudioInput.FORMAT.bytesIn(Duration.ofSeconds(1))));
    }

    private void tick(double seconds) {
        time.advanceTimeBy(Duration.ofMillis((long) (1_000 * seconds)));
    }

    @Test
    void showsABarForEachRunningFile() {
        ScreenModel screen = new ScreenModel(80);
        LiveProgress progress = progress(screen, new FixedTerminal(80));
        FileProgress a = file("talks/a.wav", 100);
        FileProgress b = file("talks/b.wav", 4_000);
        progress.begins(a);
        progress.begins(b);
        assertThat(screen.rows())
                .containsExactly(
                        "0 of 3 done",
                        "talks/a.wav                      [....................]   0%    -x ETA   -:--",
                        "talks/b.wav                      [....................]   0%    -x ETA   -:--");
        sends(a, 0);
        sends(b, 0);
        tick(2);
        sends(a, 25);
        sends(b, 10);
        tick(0.5);
        assertThat(screen.rows())
                .containsExactly(
                        "0 of 3 done",
                        "talks/a.wav                      [#####...............]  25% 10.0x ETA   0:08",
                        "talks/b.wav                      [....................]   0%  4.0x ETA  16:38");
        a.allSent();
        tick(0.25);
        assertThat(screen.rows().get(1)).endsWith("ending");
        progress.ends(a, "1 of 3 done", "1 of 3: talks/a.wav: 100.00 s");
        assertThat(screen.rows())
                .containsExactly(
                        "qwen-asr: 1 of 3: talks/a.wav: 100.00 s",
                        "1 of 3 done",
                        "talks/b.wav                      [....................]   0%  3.6x ETA  18:18");
        progress.close();
        assertThat(screen.rows()).containsExactly("qwen-asr: 1 of 3: talks/a.wav: 100.00 s");
    }

    @Test
    void fitsFortyColumns() {
        ScreenModel screen = new ScreenModel(40);
        LiveProgress progress = progress(screen, new FixedTerminal(40));
        FileProgress a = file("a/very/long/way/to/会议录音会议录音.wav", 7_000);
        progress.begins(a);
        sends(a, 0);
        tick(1);
        sends(a, 3_500);
        tick(0.25);
        assertThat(screen.rows()).containsExactly("0 of 3 done", "…议录音.wav [##...]  50% 2800x   0:02");
        progress.say("a line that is longer than the terminal is wide");
        assertThat(screen.rows())
                .containsExactly(
                        "qwen-asr: a line that is longer than the",
                        "terminal is wide",
                        "0 of 3 done",
                        "…议录音.wav [##...]  50% 2800x   0:02");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 5, 10, 20, 30, 41, 57, 80, 200})
    void neverTakesMoreThanTheWidth(int width) {
        for (String name : List.of("a.wav", "a-name-that-is-quite-long-for-a-file.wav", "录音".repeat(60))) {
            FileProgress known = file(name, 100);
            FileProgress unknown = new FileProgress(name, () -> 0);
            for (FileProgress file : List.of(known, unknown)) {
                assertThat(Columns.width(ProgressBar.of(file, width))).isLessThanOrEqualTo(width);
            }
        }
    }

    @Test
    void drawsOverWhatANarrowerTerminalHasBroken() {
        FixedTerminal terminal = new FixedTerminal(80);
        ReflowingScreen screen = new ReflowingScreen(80);
        LiveProgress progress = progress(screen, terminal);
        progress.say("before");
        progress.begins(file("talks/a.wav", 100));
        progress.begins(file("talks/b.wav", 100));
        screen.resize(40);
        terminal.width(40);
        tick(0.25);
        assertThat(screen.rows())
                .containsExactly(
                        "qwen-asr: before",
                        "0 of 3 done",
                        "talks/a.wav [.....]   0%    -x   -:--",
                        "talks/b.wav [.....]   0%    -x   -:--");
        screen.resize(80);
        terminal.width(80);
        tick(0.25);
        assertThat(screen.rows()).hasSize(4);
        assertThat(screen.rows().get(2)).hasSize(77);
    }

    @Test
    void leavesOutBarsThatDoNotFitTheHeight() {
        ScreenModel screen = new ScreenModel(40);
        LiveProgress progress = progress(screen, new FixedTerminal(40) {
            @Override
            public int height() {
                return 5;
            }
        });
        for (int i = 0; i < 7; i++) {
            progress.begins(file("f" + i + ".wav", 10));
        }
        assertThat(screen.rows()).hasSize(4).first().isEqualTo("0 of 3 done, 4 more running");
    }

    @Test
    void usesOneRowAndNoEscapeSequenceWithoutColour() {
        ScreenModel screen = new ScreenModel(80);
        LiveProgress progress = progress(screen, new FixedTerminal(80), "1");
        FileProgress a = file("talks/a.wav", 100);
        progress.begins(a);
        progress.begins(file("talks/b.wav", 100));
        sends(a, 50);
        tick(0.25);
        assertThat(screen.rows()).containsExactly("0 of 3 done; a.wav 50%, b.wav 0%");
        progress.ends(a, "1 of 3 done", "done");
        assertThat(screen.rows()).containsExactly("qwen-asr: done", "1 of 3 done; b.wav 0%");
        progress.close();
        assertThat(screen.rows()).containsExactly("qwen-asr: done");
        assertThat(screen.raw()).doesNotContain("\u001b");
    }

    @Test
    void letsNoControlCharacterOfANameThrough() {
        ScreenModel screen = new ScreenModel(80);
        LiveProgress progress = progress(screen, new FixedTerminal(80));
        progress.begins(file("a\u001b[2J\r\n.wav", 10));
        assertThat(screen.rows().get(1)).startsWith("a?[2J .wav ");
    }
}
