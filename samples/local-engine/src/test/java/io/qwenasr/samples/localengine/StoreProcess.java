package io.qwenasr.samples.localengine;

import io.qwenasr.samples.localengine.SetupProgress.Stage;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Looks for the models of a {@link StoreFixture} in a process of its own, and says how that goes. */
final class StoreProcess {

    private StoreProcess() {}

    /** Arguments: folder of the fixture, npm script, stage in whose middle to stop for ever or "none". */
    public static void main(String[] arguments) throws IOException {
        CompletableFuture.delayedExecutor(60, TimeUnit.SECONDS)
                .execute(() -> Runtime.getRuntime().halt(1)); // never outlives a test that failed
        StoreFixture fixture = new StoreFixture(Path.of(arguments[0]));
        Npm npm = new Npm(List.of("sh", arguments[1]), Duration.ofSeconds(60));
        Models models = fixture.store(npm, (stage, what, bytes, total) -> {
                    if (stage != Stage.FETCHING) {
                        System.out.println(stage + " " + bytes);
                    }
                    if (stage.name().equals(arguments[2]) && bytes > 0) {
                        block();
                    }
                })
                .find(null);
        System.out.println("found " + models.vosk());
    }

    private static void block() {
        try {
            int ignored = System.in.read();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    static Process start(StoreFixture fixture, Npm npm, String stopAt) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                StoreProcess.class.getName(),
                fixture.folder.toString(),
                npm.command().get(1),
                stopAt));
        return new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }
}
