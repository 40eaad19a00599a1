package io.qwenasr.samples.benchmarks.load;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import io.netty.buffer.PooledByteBufAllocator;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;

/** What this process has used so far. */
final class Meter {

    private static final OperatingSystemMXBean OS =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private Meter() {}

    /**
     * A moment.
     *
     * @param nanos the clock
     * @param cpu nanoseconds on a processor, of the whole process
     * @param compilers of them, the JIT compilers'
     * @param collectors of them, the garbage collector's
     * @param allocated bytes of heap allocated by the threads that live now
     */
    record Moment(long nanos, long cpu, long compilers, long collectors, long allocated) {

        /** Returns what was used from an earlier moment to this one. */
        Moment since(Moment earlier) {
            return new Moment(
                    nanos - earlier.nanos,
                    cpu - earlier.cpu,
                    compilers - earlier.compilers,
                    collectors - earlier.collectors,
                    allocated - earlier.allocated);
        }
    }

    static Moment now() {
        ThreadTimes times = ThreadTimes.now();
        return new Moment(
                System.nanoTime(), OS.getProcessCpuTime(), times.compilers(), times.collectors(), allocated());
    }

    private static long allocated() {
        long sum = 0;
        for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }

    /**
     * Memory that is held.
     *
     * @param heap bytes of live objects, after collections
     * @param direct bytes of direct buffers, Netty's and the JDK's
     * @param resident bytes of the process in memory. The heap is touched at the start, so what is added later is
     *     outside of it
     * @param threads live threads, daemons or not
     */
    record Memory(long heap, long direct, long resident, int threads) {}

    static Memory memory() {
        for (int i = 0; i < 3; i++) {
            System.gc();
        }
        return new Memory(
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed(),
                direct(),
                resident(),
                THREADS.getThreadCount());
    }

    static int threads() {
        return THREADS.getThreadCount();
    }

    /** Netty's buffers may be the JDK's or not, so the larger of the two views is taken. */
    private static long direct() {
        long netty = ofNetty(ByteBufAllocator.DEFAULT)
                + (ByteBufAllocator.DEFAULT == PooledByteBufAllocator.DEFAULT
                        ? 0
                        : ofNetty(PooledByteBufAllocator.DEFAULT));
        long jdk = ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                .filter(pool -> pool.getName().equals("direct"))
                .mapToLong(BufferPoolMXBean::getMemoryUsed)
                .sum();
        return Math.max(netty, jdk);
    }

    private static long ofNetty(ByteBufAllocator allocator) {
        return allocator instanceof ByteBufAllocatorMetricProvider metered
                ? metered.metric().usedDirectMemory()
                : 0;
    }

    static long resident() {
        try {
            for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
                if (line.startsWith("VmRSS:")) {
                    return Long.parseLong(line.replaceAll("\\D", "")) * 1_024;
                }
            }
        } catch (IOException notLinux) {
            return 0;
        }
        return 0;
    }
}
