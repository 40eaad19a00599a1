package io.qwenasr.session;

import com.sun.management.ThreadMXBean;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.util.function.IntConsumer;
import java.util.stream.LongStream;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Counts what a thread allocates, while no leaks are tracked. Counted, not timed: the counters of the JVM are
 * exact enough, if the bounds leave room for what the JIT may not have removed yet.
 */
final class AllocationMeter implements BeforeEachCallback, AfterEachCallback {

    private static final int ROUNDS = 20_000;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

    @Override
    public void beforeEach(ExtensionContext context) {
        level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @Override
    public void afterEach(ExtensionContext context) {
        ResourceLeakDetector.setLevel(level);
    }

    /**
     * Counts what several threads allocate.
     *
     * @param rounds runs so many rounds, and returns when all of their work is done
     */
    double bytesPerRound(String what, long[] threadIds, IntConsumer rounds) {
        rounds.accept(2 * ROUNDS);
        double least = Double.MAX_VALUE;
        for (int attempt = 0; attempt < 5; attempt++) {
            long before = allocated(threadIds);
            rounds.accept(ROUNDS);
            least = Math.min(least, (allocated(threadIds) - before) / (double) ROUNDS);
        }
        System.out.printf("%s: %.1f bytes%n", what, least);
        return least;
    }

    private long allocated(long[] threadIds) {
        return LongStream.of(threads.getThreadAllocatedBytes(threadIds)).sum();
    }

    double bytesPerRound(String what, Runnable round) {
        for (int i = 0; i < 2 * ROUNDS; i++) {
            round.run();
        }
        double least = Double.MAX_VALUE;
        for (int attempt = 0; attempt < 5; attempt++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < ROUNDS; i++) {
                round.run();
            }
            least = Math.min(least, (threads.getCurrentThreadAllocatedBytes() - before) / (double) ROUNDS);
        }
        System.out.printf("%s: %.1f bytes%n", what, least);
        return least;
    }
}
