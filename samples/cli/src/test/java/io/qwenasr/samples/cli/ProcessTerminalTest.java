package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jline.terminal.Size;
import org.jline.terminal.spi.SystemStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

class ProcessTerminalTest {

    private static final Map<String, String> NAMED = Map.of("COLUMNS", "50", "LINES", "12");

    /** Some streams are a terminal of a size that can be changed. */
    private static final class Fixed implements Console {
        private final boolean output;
        private final boolean error;
        private Size size;

        Fixed(boolean output, boolean error, int columns, int rows) {
            this.output = output;
            this.error = error;
            this.size = new Size(columns, rows);
        }

        @Override
        public boolean isTerminal(SystemStream stream) {
            return stream == SystemStream.Output ? output : stream == SystemStream.Error && error;
        }

        @Override
        public Size size(SystemStream stream) {
            assertThat(isTerminal(stream)).as("asked only if it is one").isTrue();
            return size;
        }
    }

    private static String told(TerminalInfo terminal) {
        return (terminal.isOutput() ? "output " : "") + (terminal.isError() ? "error " : "") + terminal.width() + "x"
                + terminal.height();
    }

    @Test
    void asksWhicheverStreamIsATerminal() {
        assertThat(told(new ProcessTerminal(Map.of(), new Fixed(true, true, 40, 10))))
                .isEqualTo("output error 40x10");
        assertThat(told(new ProcessTerminal(Map.of(), new Fixed(false, true, 40, 10))))
                .isEqualTo("error 40x10");
        assertThat(told(new ProcessTerminal(Map.of(), new Fixed(true, false, 40, 10))))
                .isEqualTo("output 40x10");
        assertThat(told(new ProcessTerminal(NAMED, new Fixed(false, false, 40, 10))))
                .isEqualTo("80x24");
    }

    @Test
    void seesThatItIsResized() {
        Fixed console = new Fixed(true, true, 80, 24);
        ProcessTerminal terminal = new ProcessTerminal(NAMED, console);
        assertThat(told(terminal)).isEqualTo("output error 80x24");
        console.size = new Size(40, 10);
        assertThat(told(terminal)).isEqualTo("output error 40x10");
    }

    @Test
    void takesTheEnvironmentsWordForASizeThatTheTerminalDoesNotTell() {
        Fixed console = new Fixed(true, true, 0, 0);
        assertThat(told(new ProcessTerminal(NAMED, console))).isEqualTo("output error 50x12");
    }

    @Test
    void drawsNothingOverWhereTheSizeIsNotKnown() {
        for (Map<String, String> environment : List.<Map<String, String>>of(
                Map.of(),
                Map.of("COLUMNS", "50"),
                Map.of("COLUMNS", "x", "LINES", "12"),
                Map.of("COLUMNS", "0", "LINES", "0"))) {
            assertThat(told(new ProcessTerminal(environment, new Fixed(true, true, 0, 0))))
                    .as(environment.toString())
                    .isEqualTo("80x24");
        }
    }

    @Test
    void isStillATerminalWhenItsSizeIsLostLater() {
        Fixed console = new Fixed(true, true, 40, 10);
        ProcessTerminal terminal = new ProcessTerminal(Map.of(), console);
        assertThat(told(terminal)).isEqualTo("output error 40x10");
        console.size = new Size(0, 0);
        assertThat(told(terminal)).isEqualTo("output error 40x10");
    }

    @Test
    void drawsNothingOverOnADumbTerminal() {
        assertThat(told(new ProcessTerminal(Map.of("TERM", "dumb"), new Fixed(true, true, 40, 10))))
                .doesNotContain("output", "error");
    }

    /** Prints what this process's terminal is; run in a process of its own. */
    static final class Probe {
        public static void main(String[] arguments) {
            System.out.println("it is: " + told(new ProcessTerminal(System.getenv())));
        }
    }

    private static String probe(String redirection) throws Exception {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        String line = "stty cols 40 rows 10; '" + java + "' -cp '" + System.getProperty("java.class.path") + "' '"
                + Probe.class.getName() + "' " + redirection;
        ProcessBuilder builder = new ProcessBuilder("script", "--quiet", "--return", "--command", line, "/dev/null");
        builder.environment().put("TERM", "xterm-256color");
        builder.environment().keySet().removeAll(Set.of("COLUMNS", "LINES", "JAVA_TOOL_OPTIONS"));
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        return shown.lines()
                .filter(told -> told.startsWith("it is: "))
                .findFirst()
                .orElse(shown);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void knowsTheSizeWhateverStandardInputIs() throws Exception {
        assertThat(probe("")).isEqualTo("it is: output error 40x10");
        assertThat(probe("</dev/null")).isEqualTo("it is: output error 40x10");
        assertThat(probe("</dev/null 2>/dev/null")).isEqualTo("it is: output 40x10");
        assertThat(probe("</dev/null | cat")).isEqualTo("it is: error 40x10");
    }
}
