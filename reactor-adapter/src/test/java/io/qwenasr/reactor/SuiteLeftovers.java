package io.qwenasr.reactor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.HttpResources;

/**
 * Fails the build if sockets or threads are left when all tests are over and the shared pools have been shut down.
 *
 * <p>Registered for every test class by JUnit's extension autodetection; looks once, at the end. Sockets are counted
 * where Linux shows them.
 */
public final class SuiteLeftovers implements BeforeAllCallback {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SuiteLeftovers.class);
    private static final Path DESCRIPTORS = Path.of("/proc/self/fd");
    private static final int LOCAL_COLUMN = 1;
    private static final int REMOTE_COLUMN = 2;
    private static final int INODE_COLUMN = 9;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** The JDK's and JUnit's own, which come when they are needed and stay. */
    private static final Pattern NOT_OURS = Pattern.compile("ForkJoinPool.*|process reaper.*|Common-Cleaner"
            + "|Keep-Alive-.*|Java2D.*|Direct Clip|HttpClient-.*|junit-.*|surefire-.*|Attach Listener"
            + "|globalEventExecutor.*|BlockHound.*");

    @Override
    public void beforeAll(ExtensionContext context) {
        context.getRoot().getStore(NAMESPACE).getOrComputeIfAbsent("suite", key -> new Suite());
    }

    private static final class Suite implements AutoCloseable {

        private final Set<String> socketsBefore = sockets();
        private final Set<String> threadsBefore = threads();

        @Override
        public void close() {
            HttpResources.disposeLoopsAndConnectionsLater(Duration.ZERO, LIMIT).block(LIMIT);
            Schedulers.shutdownNow();
            awaitNone("threads", () -> without(threads(), threadsBefore));
            awaitNone("sockets", () -> without(sockets(), socketsBefore));
        }
    }

    private static void awaitNone(String what, Supplier<Set<String>> left) {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!left.get().isEmpty()) {
            if (System.nanoTime() > end) {
                throw new AssertionError("the tests left " + what + " behind: " + left.get());
            }
            // Clients of the JDK end with their garbage.
            System.gc();
            Thread.onSpinWait();
        }
    }

    private static Set<String> without(Set<String> now, Set<String> before) {
        Set<String> more = new TreeSet<>(now);
        more.removeAll(before);
        return more;
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> !NOT_OURS.matcher(name).matches())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Those of TCP, with the addresses of both ends in hexadecimal; the JDK keeps a local one of its own. */
    private static Set<String> sockets() {
        if (!Files.isDirectory(DESCRIPTORS)) {
            return Set.of();
        }
        Set<String> open;
        try (Stream<Path> all = Files.list(DESCRIPTORS)) {
            open = all.map(SuiteLeftovers::target).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return Stream.of("tcp", "tcp6")
                .flatMap(SuiteLeftovers::table)
                .map(line -> line.split("\\s+", -1))
                .filter(columns -> open.contains("socket:[" + columns[INODE_COLUMN] + "]"))
                .map(columns ->
                        columns[LOCAL_COLUMN] + " to " + columns[REMOTE_COLUMN] + ", inode " + columns[INODE_COLUMN])
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Stream<String> table(String protocol) {
        try {
            return Files.readAllLines(Path.of("/proc/self/net", protocol)).stream()
                    .skip(1)
                    .map(String::strip);
        } catch (IOException noSuchProtocolHere) {
            return Stream.empty();
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
