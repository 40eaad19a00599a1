package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;

class SessionRunTest {

    private final List<Integer> exits = new ArrayList<>();
    private final Interrupts interrupts = new Interrupts(exits::add);
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private Shell shell() {
        return new Shell(
                new Output(OutputStream.nullOutputStream(), StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                InputStream.nullInputStream(),
                Map.of(),
                TerminalInfo.NONE,
                interrupts,
                (folder, progress) -> {
                    throw new AssertionError();
                });
    }

    @Test
    void endsAtOnceWhileThereIsNothingToBringToAnEnd() {
        interrupts.signal(ExitCode.INTERRUPTED);
        assertThat(exits).containsExactly(130);
    }

    @Test
    void givesUpOnASessionThatNeverEnds() {
        SessionRun run = new SessionRun(shell(), Duration.ofMillis(50));
        List<TranscriptionEvent> seen = new ArrayList<>();
        Final end = new Final("a", "said", null, null, null, null);
        Flux<TranscriptionEvent> stuck = Flux.<TranscriptionEvent>just(end).concatWith(Flux.never());
        ExitCode code = run.handle(stuck, event -> {
            seen.add(event);
            interrupts.signal(ExitCode.INTERRUPTED);
        });
        assertThat(code).isEqualTo(ExitCode.INTERRUPTED);
        assertThat(seen).containsExactly(end);
        assertThat(err.toString(StandardCharsets.UTF_8)).contains("the last results did not come");
        assertThat(exits).isEmpty();
    }

    @Test
    void handsOutWhatCameBeforeAnError() {
        SessionRun run = new SessionRun(shell(), Duration.ofSeconds(10));
        List<TranscriptionEvent> seen = new ArrayList<>();
        Final end = new Final("a", "said", null, null, null, null);
        Flux<TranscriptionEvent> failing =
                Flux.<TranscriptionEvent>just(end, end).concatWith(Flux.error(new IllegalStateException("unplugged")));
        assertThatThrownBy(() -> run.handle(failing, seen::add)).hasMessage("unplugged");
        assertThat(seen).containsExactly(end, end);
    }
}
