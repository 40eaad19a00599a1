package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a server says is shown on a terminal with {@code --verbose}, which it must not steer. */
class LoggingTest {

    private static final String STRANGE = "\u001b]0;title\u0007 \u009b2J \u007f \b\r你好\ttab";

    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final PrintStream stream = new PrintStream(err, true, StandardCharsets.UTF_8);

    @AfterEach
    void reset() {
        Logging.configure(stream, 0);
    }

    private String shown() {
        return err.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    @Test
    void takesControlCharactersOutOfLogLinesAndStackTraces() {
        Logging.configure(stream, 3);
        LoggerFactory.getLogger("io.qwenasr.x").debug("said {}", STRANGE, new IllegalStateException("why " + STRANGE));
        assertThat(shown())
                .contains("said ?]0;title? ?2J ? ??你好\ttab\n", "IllegalStateException: why ?]0", "\tat ")
                .doesNotContainPattern("[\\p{Cc}&&[^\n\t]]");
    }

    @Test
    void takesThemOutOfTheStackTraceOfWhatEndsACommand() {
        CliRun.Result result = new CliRun()
                .engines((folder, progress) -> {
                    throw new IllegalStateException(STRANGE, new IllegalArgumentException(STRANGE));
                })
                .run("serve", "--verbose");
        assertThat(result.code()).isEqualTo(ExitCode.UNEXPECTED.code());
        assertThat(result.err().replace(System.lineSeparator(), "\n"))
                .contains("Caused by: ", "\tat ", "?]0;title?")
                .doesNotContainPattern("[\\p{Cc}&&[^\n\t]]");
    }
}
