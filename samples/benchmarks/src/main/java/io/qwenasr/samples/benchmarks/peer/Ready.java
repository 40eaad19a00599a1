package io.qwenasr.samples.benchmarks.peer;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Waits for a session to be configured, and passes on its end once. */
final class Ready {

    static final Duration LIMIT = Duration.ofSeconds(20);

    private final CompletableFuture<@Nullable Void> ready = new CompletableFuture<>();
    private final CompletableFuture<@Nullable Void> end = new CompletableFuture<>();
    private final SessionListener listener;

    Ready(SessionListener listener) {
        this.listener = listener;
    }

    void onReady() {
        ready.complete(null);
    }

    void onEnd(@Nullable Throwable error) {
        Throwable reason = error == null ? new IllegalStateException("the session ended while it was opened") : error;
        ready.completeExceptionally(reason);
        if (end.complete(null)) {
            listener.onEnd(error);
        }
    }

    void await() throws Exception {
        ready.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    }
}
