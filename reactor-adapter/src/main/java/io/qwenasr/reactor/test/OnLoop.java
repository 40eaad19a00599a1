package io.qwenasr.reactor.test;

import io.netty.util.concurrent.EventExecutor;
import java.util.concurrent.RejectedExecutionException;
import reactor.core.scheduler.Schedulers;

/** Does something on the proxy's thread, and waits for it where waiting is allowed. */
final class OnLoop {

    private OnLoop() {}

    static void run(EventExecutor loop, Runnable task) {
        if (loop.inEventLoop()) {
            task.run();
            return;
        }
        try {
            var done = loop.submit(task);
            if (!Schedulers.isInNonBlockingThread()) {
                done.syncUninterruptibly();
            }
        } catch (RejectedExecutionException closed) {
            // The proxy is closed, and all its connections with it.
        }
    }
}
