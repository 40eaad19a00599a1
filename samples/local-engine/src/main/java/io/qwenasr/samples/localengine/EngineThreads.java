package io.qwenasr.samples.localengine;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The threads that all sessions share, first come first served, and the sessions that are alive. Frees the
 * models once it is closed and the last session has ended.
 */
final class EngineThreads implements AutoCloseable {

    private static final long CLOSE_SECONDS = 10;

    private final ThreadGroup group = new ThreadGroup("qwen-asr-local");
    private final ExecutorService executor;
    private final Runnable free;
    private final CountDownLatch freed = new CountDownLatch(1);
    private final Set<EngineSession> sessions = new HashSet<>();
    private boolean closed;

    EngineThreads(int count, Runnable free) {
        AtomicInteger number = new AtomicInteger();
        this.executor = Executors.newFixedThreadPool(count, task -> {
            Thread thread = new Thread(group, task, "qwen-asr-local-" + number.incrementAndGet());
            thread.setDaemon(true);
            return thread;
        });
        this.free = free;
    }

    Executor executor() {
        return executor;
    }

    /** Makes a session that is to call the given consumer when it ends; null once this is closed. */
    @Nullable EngineSession newSession(Function<Consumer<EngineSession>, EngineSession> factory) {
        synchronized (sessions) {
            if (closed) {
                return null;
            }
            EngineSession session = factory.apply(this::ended);
            sessions.add(session);
            return session;
        }
    }

    int sessionCount() {
        synchronized (sessions) {
            return sessions.size();
        }
    }

    static IllegalStateException closed() {
        return new IllegalStateException("the local engine is closed");
    }

    private void ended(EngineSession session) {
        boolean last;
        synchronized (sessions) {
            last = sessions.remove(session) && closed && sessions.isEmpty();
        }
        if (last) {
            free();
        }
    }

    private void free() {
        executor.shutdown();
        free.run();
        freed.countDown();
    }

    @Override
    public void close() {
        List<EngineSession> alive;
        synchronized (sessions) {
            if (closed) {
                return;
            }
            closed = true;
            alive = List.copyOf(sessions);
        }
        if (alive.isEmpty()) {
            free();
            return;
        }
        alive.forEach(session -> session.fail(closed()));
        if (Thread.currentThread().getThreadGroup() != group) {
            await();
        }
    }

    private void await() {
        boolean interrupted = false;
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(CLOSE_SECONDS);
        while (true) {
            try {
                boolean ignored = freed.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
