package io.qwenasr.samples.benchmarks.load;

import io.qwenasr.samples.benchmarks.peer.SessionListener;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Waits for the end of a session, and remembers how it ended. */
class Heard implements SessionListener {

    private final CompletableFuture<String> end = new CompletableFuture<>();

    @Override
    public void onPartial(String text) {}

    @Override
    public void onEnd(@Nullable Throwable error) {
        end.complete(error == null ? "" : error.getClass().getSimpleName() + ": " + error.getMessage());
    }

    boolean isOver() {
        return end.isDone();
    }

    /** Returns how the session ended: empty if well. */
    String awaitEnd(Duration limit) throws InterruptedException {
        try {
            return end.get(Math.max(0, limit.toMillis()), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            return "no end within " + limit.toSeconds() + " s";
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
    }
}
