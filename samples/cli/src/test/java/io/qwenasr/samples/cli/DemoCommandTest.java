package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.samples.cli.CliRun.Result;
import io.qwenasr.samples.localengine.DemoRecording;
import io.qwenasr.samples.localengine.WordErrorRate;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** {@code demo} with the real recogniser. */
class DemoCommandTest {

    private static final String LINE = "\\d\\d:\\d\\d\\.\\d–\\d\\d:\\d\\d\\.\\d  .+";

    @Test
    void understandsTheRecording() {
        Result result = new CliRun().engines(EngineLoader::local).run("demo", "--speed", "4");
        assertThat(result.code()).as(result.err()).isZero();
        List<String> lines = result.outLines();
        List<String> transcript =
                lines.stream().filter(line -> line.matches(LINE)).toList();
        assertThat(transcript).hasSize(DemoRecording.sentences().size());
        String text = transcript.stream().map(line -> line.substring(17)).collect(Collectors.joining(" "));
        WordErrorRate errors = WordErrorRate.of(DemoRecording.script(), text);
        assertThat(errors.rate()).as("%s in: %s", errors, text).isLessThanOrEqualTo(0.10);

        assertThat(lines).startsWith("Speech:      synthetic, made for this project");
        assertThat(lines.get(1)).contains("Vosk + Silero VAD, on this machine");
        assertThat(lines.get(2)).matches("Server: +ws://127.0.0.1:\\d+");
        transcript.forEach(line -> assertThat(lines).as("captions").contains(line.substring(17)));
        assertThat(lines).anyMatch(line -> line.matches("audio +1\\d\\.\\d\\d s"));
        assertThat(lines).anyMatch(line -> line.matches("utterances +" + transcript.size()));
        assertThat(lines).anyMatch(line -> line.matches("first partial +\\d+\\.\\d\\d s +\\d+\\.\\d\\d s"));
        assertThat(lines).anyMatch(line -> line.matches("end to final +\\d+\\.\\d\\d s +\\d+\\.\\d\\d s"));
        assertThat(result.out().replaceAll("\\R", "")).doesNotContainPattern("\\p{Cc}");
    }

    @Test
    void drawsOnATerminal() {
        ScreenModel screen = new ScreenModel(50);
        Result result = new CliRun().out(screen).terminal(new FixedTerminal(50)).run("demo", "--speed", "50");
        assertThat(result.code()).isZero();
        assertThat(screen.raw()).contains("\u001b[2m");
        assertThat(screen.rows()).contains("second 1", "Transcript", "00:00.7–00:01.7  second 1");
    }

    @Test
    void showsWhatWasUnderstoodWhenInterrupted() {
        CliRun run = new CliRun().start("demo", "--speed", "2");
        run.awaitOut(out -> out.contains("second 1"));
        run.interrupts().signal(ExitCode.INTERRUPTED);
        Result result = run.await();
        assertThat(result.code()).isEqualTo(130);
        assertThat(result.out()).contains("Transcript", "–00:01.7  second 1", "Measured");
    }
}
