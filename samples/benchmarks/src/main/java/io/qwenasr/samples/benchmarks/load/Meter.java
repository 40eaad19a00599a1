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

    private static final int SETTLING_TRIES = 25;
    private static final int SETTLING_MILLIS = 200;
    private static final int SETTLED_TIMES = 3;
    private static final long SETTLED_BYTES = 256 << 10;
    private static final long HEAP_NOISE = 256 << 10;
    private static final long RESIDENT_NOISE = 1 << 20;

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

    /** The same once threads and memory of earlier sessions are gone; after some seconds in any case. */
    static Memory settledMemory() throws InterruptedException {
        System.gc();
        int same = 0;
        int threads = threads();
        long resident = resident();
        for (int i = 0; i < SETTLING_TRIES && same < SETTLED_TIMES; i++) {
            Thread.sleep(SETTLING_MILLIS);
            int threadsNow = threads();
            long residentNow = resident();
            same = threadsNow == threads && Math.abs(residentNow - resident) < SETTLED_BYTES ? same + 1 : 0;
            threads = threadsNow;
            resident = residentNow;
        }
        return memory();
    }

    /** Returns the growth of live heap for each session; not a number if it cannot be told from noise. */
    static double heapGrowth(Memory before, Memory after, int sessions) {
        return growth(after.heap() - before.heap(), HEAP_NOISE, sessions);
    }

    /** Returns the growth of resident memory for each session; not a number if it cannot be told from noise. */
    static double residentGrowth(Memory before, Memory after, int sessions) {
        return growth(after.resident() - before.resident(), RESIDENT_NOISE, sessions);
    }

    private static double growth(long bytes, long noise, int sessions) {
        return bytes < noise ? Double.NaN : (double) bytes / sessions;
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
