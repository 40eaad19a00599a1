package io.qwenasr.test;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.lang.ref.WeakReference;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails a test class during which a Netty buffer was lost.
 *
 * <p>Registered for every test class by JUnit's extension autodetection. The detector only tells of buffers that
 * were collected as garbage, so the collector is called before the answer counts.
 */
public final class LeakCheck implements BeforeAllCallback, AfterAllCallback {

    private static final Queue<String> LEAKS = new ConcurrentLinkedQueue<>();
    private static final int ROUNDS = 3;
    private static final int MAX_COLLECTIONS = 50;

    @Override
    public void beforeAll(ExtensionContext context) {
        ByteBufUtil.setLeakListener((type, records) -> LEAKS.add(type + "\n" + records));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        for (int i = 0; i < ROUNDS; i++) {
            collectGarbage();
            ByteBufAllocator.DEFAULT.directBuffer(16).release();
            ByteBufAllocator.DEFAULT.heapBuffer(16).release();
        }
        if (!LEAKS.isEmpty()) {
            StringBuilder report = new StringBuilder("buffers were never released:\n");
            for (String leak = LEAKS.poll(); leak != null; leak = LEAKS.poll()) {
                report.append(leak).append('\n');
            }
            throw new AssertionError(report.toString());
        }
    }

    /** Returns once the collector has really been through. */
    private static void collectGarbage() {
        WeakReference<Object> witness = new WeakReference<>(new Object());
        for (int i = 0; i < MAX_COLLECTIONS && witness.get() != null; i++) {
            System.gc();
        }
    }
}
