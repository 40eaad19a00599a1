package io.qwenasr.samples.benchmarks.peer;

import java.util.concurrent.TimeUnit;
import reactor.core.Disposable;
import reactor.core.scheduler.Scheduler;

/**
 * A scheduler on whose clock a second is a quarter of an hour, so that pacing does all of its work and nothing has to
 * wait: a peer at full speed sends half a day of audio each second, more than any pace that can be asked for.
 */
final class FastClock implements Scheduler {

    private static final long FACTOR = 1_000;

    private final Scheduler scheduler;
    private final long start = System.nanoTime();

    FastClock(Scheduler scheduler) {
        this.scheduler = scheduler;
    }

    @Override
    public long now(TimeUnit unit) {
        return unit.convert((System.nanoTime() - start) * FACTOR, TimeUnit.NANOSECONDS);
    }

    @Override
    public Disposable schedule(Runnable task) {
        return scheduler.schedule(task);
    }

    @Override
    public Worker createWorker() {
        return scheduler.createWorker();
    }
}
