package io.qwenasr.samples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.qwenasr.samples.cli.BatchPlan.Job;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

class BatchPlanTest {

    @TempDir
    private Path folder;

    private Path out;

    @BeforeEach
    void resolve() {
        out = folder.resolve("out");
    }

    private Path file(String name) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, name);
    }

    private BatchPlan plan(boolean recursive, Path... sources) {
        return BatchPlan.of(List.of(sources), recursive, out, Format.srt);
    }

    private static void assertRefused(ThrowingCallable call, ExitCode code, Object... parts) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        CommandFailure.class,
                        failure -> assertThat(failure.code()).isEqualTo(code))
                .satisfies(failure -> {
                    for (Object part : parts) {
                        assertThat(failure).hasMessageContaining(part.toString());
                    }
                });
    }

    @Test
    void takesAudioFilesOfADirectoryInOrder() throws Exception {
        for (String name : List.of("b.wav", "a.AIFF", "d.au", "c.snd", "e.aifc", "f.mp3", "._b.wav", "wav")) {
            file("in/" + name);
        }
        Files.createDirectories(folder.resolve("in/dir.wav"));
        assertThat(plan(false, folder.resolve("in")).jobs())
                .extracting(Job::output)
                .extracting(output -> out.relativize(output).toString())
                .containsExactly("a.srt", "b.srt", "c.srt", "d.srt", "e.srt");
    }

    @Test
    void takesAFileThatIsNamedWhateverItsNameIs() throws Exception {
        assertThat(plan(false, file("talk"), file("song.mp3"), file(".wav")).jobs())
                .extracting(Job::output)
                .containsExactly(out.resolve("talk.srt"), out.resolve("song.srt"), out.resolve(".wav.srt"));
    }

    @Test
    void doesAFileThatIsNamedTwiceOnce() throws Exception {
        Path a = file("in/a.wav");
        Path same = folder.resolve("in/../in/a.wav");
        assertThat(plan(false, a, folder.resolve("in"), same).jobs()).containsExactly(new Job(a, out.resolve("a.srt")));
    }

    @Test
    void refusesTwoFilesThatWouldBecomeOne() throws Exception {
        Path one = file("one/a.wav");
        Path two = file("two/a.wav");
        Path third = file("one/a.au");
        assertRefused(() -> plan(false, one, two), ExitCode.USAGE, one, two, out.resolve("a.srt"));
        assertRefused(() -> plan(false, folder.resolve("one")), ExitCode.USAGE, one, third, "rename one");
        assertRefused(() -> plan(false, folder.resolve("one"), two), ExitCode.USAGE, "would both become");
        assertThat(plan(true, folder.resolve("two")).jobs()).hasSize(1);
    }

    @Test
    void refusesToWriteOverAnInput() throws Exception {
        Path strange = file("out/audio.srt");
        assertRefused(() -> plan(false, strange), ExitCode.USAGE, strange, "is one of the audio files");
    }

    @Test
    void refusesADirectoryWithoutAudio() throws Exception {
        file("in/notes.txt");
        file("in/deep/a.wav");
        Path in = folder.resolve("in");
        assertRefused(() -> plan(false, in), ExitCode.FILE_NOT_FOUND, in, ".aiff", "--recursive");
        assertThat(plan(true, in).jobs()).extracting(Job::output).containsExactly(out.resolve("deep/a.srt"));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void followsALinkThatIsNamed() throws Exception {
        file("in/deep/a.wav");
        Path link = Files.createSymbolicLink(folder.resolve("link"), folder.resolve("in"));
        Files.createSymbolicLink(folder.resolve("in/round"), folder.resolve("in"));
        assertThat(plan(true, link).jobs())
                .containsExactly(new Job(link.resolve("deep/a.wav"), out.resolve("deep/a.srt")));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void givesALinkToAFileOfTheSameDirectoryItsOwnOutput() throws Exception {
        Path talk = file("in/talk.wav");
        Path link = Files.createSymbolicLink(folder.resolve("in/link.wav"), talk);
        assertThat(plan(false, folder.resolve("in"), link).jobs())
                .containsExactly(new Job(link, out.resolve("link.srt")), new Job(talk, out.resolve("talk.srt")));
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void refusesNamesThatAreOneWhereCaseIsIgnored() throws Exception {
        Path upper = file("in/deep/Talk.wav");
        Path lower = file("in/deep/talk.wav");
        file("in/Talk.wav");
        BatchPlan plan = plan(true, folder.resolve("in"));
        plan.prepare();
        assertThat(FileIdentity.ignoresCase(out)).isFalse();
        assertRefused(() -> plan.prepare(directory -> true), ExitCode.USAGE, upper, lower, "would both become");
        plan.prepare(directory -> !directory.endsWith("deep"));
        assertThat(out).as("nothing is left of finding that out").isDirectoryNotContaining("glob:**.*");
    }

    @Test
    void knowsWhatIsFinished() throws Exception {
        Path a = file("in/a.wav");
        Path b = file("in/b.wav");
        file("out/a.srt");
        file("out/b.srt.incomplete");
        Path c = file("in/c.wav");
        file("out/c.srt.part");
        assertThat(plan(false, a, b, c).unfinished())
                .containsExactly(new Job(b, out.resolve("b.srt")), new Job(c, out.resolve("c.srt")));
    }
}
