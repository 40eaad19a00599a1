package io.qwenasr.samples.benchmarks.load;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Time that threads of this process have spent on a processor, by what they are for. Linux only.
 *
 * @param compilers nanoseconds of the JIT compilers
 * @param collectors nanoseconds of the garbage collector
 */
record ThreadTimes(long compilers, long collectors) {

    private static final Path TASKS = Path.of("/proc/self/task");

    static ThreadTimes now() {
        long compilers = 0;
        long collectors = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(TASKS)) {
            for (Path task : tasks) {
                String name = read(task.resolve("comm"));
                if (name.startsWith("C1 ") || name.startsWith("C2 ")) {
                    compilers += onProcessor(task);
                } else if (name.startsWith("GC ") || name.startsWith("G1 ")) {
                    collectors += onProcessor(task);
                }
            }
        } catch (IOException notLinux) {
            return new ThreadTimes(0, 0);
        }
        return new ThreadTimes(compilers, collectors);
    }

    private static long onProcessor(Path task) {
        String schedstat = read(task.resolve("schedstat"));
        return schedstat.isEmpty() ? 0 : Long.parseLong(schedstat.substring(0, schedstat.indexOf(' ')));
    }

    private static String read(Path file) {
        try {
            return Files.readString(file).trim();
        } catch (IOException threadEnded) {
            return "";
        }
    }
}
