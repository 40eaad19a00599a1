package io.qwenasr.samples.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** Waits for files that another thread or process writes. */
final class TestFiles {

    private static final long LIMIT = TimeUnit.SECONDS.toNanos(60);
    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(10);

    private TestFiles() {}

    static void await(Path file, Predicate<String> wanted) {
        await("the wanted text in " + file, () -> {
            try {
                // Not readString: it refuses a character that is written by half.
                return wanted.test(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
            } catch (NoSuchFileException e) {
                return false;
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
    }

    static void await(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT;
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError("did not come: " + what);
            }
            LockSupport.parkNanos(PERIOD);
        }
    }
}
