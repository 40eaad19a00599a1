package io.qwenasr.reactor;

import java.time.Duration;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import reactor.core.scheduler.Schedulers;
import reactor.netty.http.HttpResources;

/**
 * Fails the build if a test class leaves sockets open, or if threads are left when all tests are over and the shared
 * pools have been shut down.
 *
 * <p>Registered for every test class by JUnit's extension autodetection. Sockets are looked for after each class,
 * while the event loops still run: shutting those down may close sockets that nobody else would have closed, or leave
 * open what was just about to be closed.
 */
public final class SuiteLeftovers implements BeforeAllCallback, AfterAllCallback {

    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(SuiteLeftovers.class);
    private static final Duration LIMIT = Duration.ofSeconds(30);

    /** The JDK's and JUnit's own, which come when they are needed and stay. */
    private static final Pattern NOT_OURS = Pattern.compile("ForkJoinPool.*|process reaper.*|Common-Cleaner"
            + "|Keep-Alive-.*|Java2D.*|Direct Clip|HttpClient-.*|junit-.*|surefire-.*|Attach Listener"
            + "|globalEventExecutor.*|BlockHound.*");

    @Override
    public void beforeAll(ExtensionContext context) {
        suite(context);
    }

    @Override
    public void afterAll(ExtensionContext context) {
        // A nested class shares the servers of the one around it.
        if (!context.getRequiredTestClass().isMemberClass()) {
            Set<String> before = suite(context).socketsBefore;
            Set<String> left = afterLimit(() -> OpenSockets.since(before));
            // Told of once: the classes to come have not left them.
            before.addAll(left);
            checkNone(context.getRequiredTestClass().getSimpleName() + " left sockets", left);
        }
    }

    private static Suite suite(ExtensionContext context) {
        return context.getRoot().getStore(NAMESPACE).getOrComputeIfAbsent("suite", key -> new Suite(), Suite.class);
    }

    private static final class Suite implements AutoCloseable {

        private final Set<String> socketsBefore = ConcurrentHashMap.newKeySet();
        private final Set<String> threadsBefore = threads();

        Suite() {
            socketsBefore.addAll(OpenSockets.now());
        }

        @Override
        public void close() {
            HttpResources.disposeLoopsAndConnectionsLater(Duration.ZERO, LIMIT).block(LIMIT.plusSeconds(10));
            Schedulers.shutdownNow();
            checkNone("the tests left threads", afterLimit(() -> {
                Set<String> more = threads();
                more.removeAll(threadsBefore);
                return more;
            }));
        }
    }

    /** Returns what is left when nothing is, or else at the limit. */
    private static Set<String> afterLimit(Supplier<Set<String>> left) {
        long end = System.nanoTime() + LIMIT.toNanos();
        Set<String> last = left.get();
        while (!last.isEmpty() && System.nanoTime() - end < 0) {
            // Clients of the JDK end with their garbage.
            System.gc();
            LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(1));
            last = left.get();
        }
        return last;
    }

    private static void checkNone(String what, Set<String> left) {
        if (!left.isEmpty()) {
            throw new AssertionError(what + " behind: " + left);
        }
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> !NOT_OURS.matcher(name).matches())
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
