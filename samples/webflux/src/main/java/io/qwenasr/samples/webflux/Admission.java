package io.qwenasr.samples.webflux;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicBoolean;
import org.springframework.http.HttpStatus;
import org.springframework.stereotype.Component;

/** Counts the sessions of all ways in, so that nobody takes more than their share. */
@Component
class Admission {

    private final CaptionsProperties limits;
    private final Semaphore places;
    private final Map<String, Integer> byClient = new ConcurrentHashMap<>();

    Admission(CaptionsProperties limits) {
        this.limits = limits;
        this.places = new Semaphore(limits.maxSessions());
    }

    /** A session's place; giving it back twice does nothing. */
    interface Place extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Takes a place.
     *
     * @param client whoever asks, by address
     * @throws Refusal if there is none left
     */
    Place take(String client) {
        if (!places.tryAcquire()) {
            throw new Refusal(
                    HttpStatus.TOO_MANY_REQUESTS,
                    "All " + limits.maxSessions() + " sessions are taken. Try again in a moment.");
        }
        if (byClient.merge(client, 1, Integer::sum) > limits.maxSessionsPerClient()) {
            release(client);
            throw new Refusal(
                    HttpStatus.TOO_MANY_REQUESTS,
                    "Your address has " + limits.maxSessionsPerClient()
                            + " sessions open, which is all it may have. End one first.");
        }
        AtomicBoolean given = new AtomicBoolean();
        return () -> {
            if (given.compareAndSet(false, true)) {
                release(client);
            }
        };
    }

    private void release(String client) {
        byClient.computeIfPresent(client, (name, count) -> count == 1 ? null : count - 1);
        places.release();
    }

    /** How many sessions are open. */
    int open() {
        return limits.maxSessions() - places.availablePermits();
    }
}
