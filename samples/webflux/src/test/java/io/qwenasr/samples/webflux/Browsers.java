package io.qwenasr.samples.webflux;

import io.qwenasr.samples.localengine.DemoRecording;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.slf4j.LoggerFactory;

/** Starts browsers for tests, or skips them where there is none, unless the environment says REQUIRE_CHROMIUM. */
final class Browsers {

    /** Where tests leave what they saw. */
    static final Path SCREENSHOTS = Path.of("target", "screenshots");

    /** How long starting one may take, retries included. */
    static final int START_SECONDS = 300;

    private static final String MISSING = "no Chromium on this machine: install Debian's package chromium, or name a"
            + " browser in the environment variable CHROMIUM";

    private Browsers() {}

    /** A browser whose microphone plays the demo recording; the caller closes it, if there is one. */
    static Chromium start(Class<?> test) throws Exception {
        Optional<Path> found = Chromium.find();
        if (found.isEmpty()) {
            if (System.getenv("REQUIRE_CHROMIUM") != null) {
                throw new AssertionError(MISSING + ", as REQUIRE_CHROMIUM demands");
            }
            LoggerFactory.getLogger(test).warn("SKIPPED, {}", MISSING);
            return Assumptions.abort(MISSING);
        }
        Files.createDirectories(SCREENSHOTS);
        // Not a temporary folder of JUnit's: helpers of Chromium still write there when it has ended.
        Path folder = Files.createTempDirectory(Path.of("target"), "chromium").toAbsolutePath();
        return Chromium.start(found.get(), folder, Files.write(folder.resolve("demo.wav"), DemoRecording.wav()));
    }
}
