package io.qwenasr.samples.benchmarks.load;

import io.qwenasr.samples.benchmarks.peer.Audio;
import io.qwenasr.samples.benchmarks.peer.Session;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Speaks into many sessions in real time: a chunk each 100 ms into each, evenly spread, from one thread that looks
 * at the clock once a millisecond. A chunk begins with the time at which it was due, not the time at which it was
 * handed over, so what a client holds up counts as its latency.
 */
final class Pacer implements AutoCloseable {

    private static final long PERIOD = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long TICK = TimeUnit.MILLISECONDS.toNanos(1);

    private final List<Session> sessions;
    private final byte[] noise = Audio.noise(1);
    private final Thread thread = new Thread(this::run, "pacer");
    private volatile boolean stop;
    private volatile long offered;
    private volatile long refused;

    Pacer(List<Session> sessions) {
        this.sessions = sessions;
        thread.start();
    }

    long offered() {
        return offered;
    }

    long refused() {
        return refused;
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One thread writes.
    private void run() {
        long start = System.nanoTime();
        for (long chunk = 0; ; chunk++) {
            for (int i = 0; i < sessions.size(); i++) {
                long due = start + chunk * PERIOD + i * PERIOD / sessions.size();
                while (System.nanoTime() - due < 0) {
                    if (stop) {
                        return;
                    }
                    LockSupport.parkNanos(Math.max(TICK, due - System.nanoTime()));
                }
                ByteBuffer pcm = ByteBuffer.wrap(noise.clone()).putLong(0, due);
                if (!sessions.get(i).offer(pcm)) {
                    refused++;
                }
                offered++;
            }
            if (stop) {
                return;
            }
        }
    }

    @Override
    public void close() {
        stop = true;
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
