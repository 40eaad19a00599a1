package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code transcribe --report}. */
class TranscribeReportTest {

    @TempDir
    private Path folder;

    private Path report() {
        return folder.resolve("report.html");
    }

    private CliRun.Result transcribe(CliRun run, Object... arguments) {
        String[] all = new String[arguments.length + 5];
        all[0] = "transcribe";
        all[1] = "--speed";
        all[2] = "max";
        all[3] = "--report";
        all[4] = report().toString();
        for (int i = 0; i < arguments.length; i++) {
            all[5 + i] = arguments[i].toString();
        }
        return run.run(all);
    }

    @Test
    void writesAPageBesideTheTranscript() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 2, TestAudio.TONE);
        CliRun.Result result = transcribe(new CliRun(), file, "--language", "en");
        assertThat(result.code()).as(result.err()).isZero();
        assertThat(result.outLines()).as("the same as without").containsExactly("second 1", "second 2");
        assertThat(report())
                .content()
                .contains(">second 1</td>", ">second 2</td>", ">complete<", "a.wav</h2>")
                .contains("as fast as it is taken", "<dd>en</dd>", "2 of 2 transcribed", "<dd>2.0 s</dd>");
    }

    @Test
    void showsWhatThereWasWhenTheSessionFailed() throws Exception {
        ByteArrayOutputStream pcm = new ByteArrayOutputStream();
        pcm.write(TestAudio.pcm(1, 16_000, TestAudio.TONE));
        pcm.write(TestAudio.pcm(1, 16_000, SpeakingClock.FATAL));
        CliRun.Result result = transcribe(new CliRun().in(pcm.toByteArray()), "-", "--no-resume");
        assertThat(result.code()).isEqualTo(ExitCode.SERVICE_ERROR.code());
        assertThat(report()).content().contains(">second 1</td>", "This session failed.", "the service reported");
    }

    @Test
    void tellsOfAllFilesOfABatchInOnePage() throws Exception {
        Path good = TestAudio.file(folder, "good.wav", 2, TestAudio.TONE);
        Path bad = Files.writeString(folder.resolve("bad.wav"), "this is no audio at all, whatever its name says");
        CliRun.Result result =
                transcribe(new CliRun(), good, bad, "--output-dir", folder.resolve("out"), "--format", "srt");
        assertThat(result.code()).isEqualTo(ExitCode.FILES_FAILED.code());
        assertThat(report())
                .content()
                .contains("2 sessions, 2.0 s of audio, 1 failed", "good.wav</h2>", "bad.wav</h2>", ">second 2</td>");
    }

    @Test
    void leavesAnOlderPageAloneIfThereIsNothingToTell() throws Exception {
        Files.writeString(report(), "of before");
        CliRun.Result missing = transcribe(new CliRun(), folder.resolve("none.wav"));
        assertThat(missing.code()).isEqualTo(ExitCode.FILE_NOT_FOUND.code());
        Path file = TestAudio.file(folder, "a.wav", 1, TestAudio.TONE);
        Path out = Files.createDirectory(folder.resolve("out"));
        Files.writeString(out.resolve("a.txt"), "done");
        CliRun.Result done = transcribe(new CliRun(), file, "--output-dir", out);
        assertThat(done.code()).isZero();
        assertThat(done.errLines()).last().asString().contains("no report is written");
        assertThat(report()).content().isEqualTo("of before");
    }

    @Test
    void keepsTheKeyToItself() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 1, TestAudio.TONE);
        CliRun run = new CliRun().environment("DASHSCOPE_API_KEY", "sk-secret-0815");
        CliRun.Result result = transcribe(run, file, "--endpoint", "ws://127.0.0.1:1/api-ws/v1/realtime");
        assertThat(result.code()).isEqualTo(ExitCode.NOT_CONNECTED.code());
        assertThat(report()).content().contains("This session failed.").doesNotContain("0815");
    }

    @Test
    void refusesAPlaceThatCannotBeWrittenBeforeAnythingIsSent() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 1, TestAudio.TONE);
        for (Path place : new Path[] {folder, folder.resolve("none/report.html")}) {
            CliRun run = new CliRun().engines((model, progress) -> {
                throw new AssertionError("nothing must begin");
            });
            CliRun.Result result = run.run("transcribe", file.toString(), "--report", place.toString());
            assertThat(result.code()).isEqualTo(ExitCode.OUTPUT_FAILED.code());
            assertThat(result.errLines())
                    .singleElement()
                    .asString()
                    .contains("cannot write the report " + place + ": ");
        }
    }

    @Test
    void neverReplacesAnInputOrAnOutput() throws Exception {
        Path file = TestAudio.file(folder, "a.wav", 1, TestAudio.TONE);
        byte[] audio = Files.readAllBytes(file);
        Path out = folder.resolve("out");
        Files.createDirectory(out);
        Path detour = folder.resolve("out/../a.wav");
        CliRun.Result result = refused("transcribe", file, "--report", detour);
        assertThat(result.errLines()).singleElement().asString().contains(detour + " is one of the audio files");
        refused("transcribe", file, "--report", file, "--output-dir", out);
        refused("transcribe", folder, "--report", file, "--output-dir", out);
        result = refused("transcribe", file, "--report", out.resolve("a.txt"), "--output-dir", out);
        assertThat(result.errLines()).singleElement().asString().contains(out.resolve("a.txt") + " is where ");
        assertThat(file).hasBinaryContent(audio);
        assertThat(out).isEmptyDirectory();
    }

    private static CliRun.Result refused(Object... arguments) {
        CliRun.Result result = new CliRun()
                .engines((model, progress) -> {
                    throw new AssertionError("nothing must begin");
                })
                .run(Stream.of(arguments).map(Object::toString).toArray(String[]::new));
        assertThat(result.code()).isEqualTo(ExitCode.USAGE.code());
        return result;
    }
}
