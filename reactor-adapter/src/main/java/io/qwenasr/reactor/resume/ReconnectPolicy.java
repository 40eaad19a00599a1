package io.qwenasr.reactor.resume;

import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.QwenAsrException;
import java.time.Duration;
import java.util.Random;

/**
 * When to try again after a session was lost.
 *
 * <p>Only {@linkplain QwenAsrException#isRetryable() retryable} errors are tried again. The delay doubles with each
 * attempt in a row; {@code Retry-After} of a refused handshake counts where it is longer. Attempts are counted anew
 * once a session has brought a result, or has lasted for {@code healthyAfter}.
 *
 * @param maxAttempts how many attempts in a row may fail, at least 1
 * @param minDelay before the first attempt, positive
 * @param maxDelay the longest delay of our own, at least minDelay
 * @param jitter how much of a delay is left to chance, 0 to 1: so that the sessions of a server that went away do not
 *     come back all at once
 * @param healthyAfter how long a session has to last to be taken for a success, positive
 * @param maxRetryAfter the longest {@code Retry-After} that is waited for, positive; a longer one counts as this
 * @since 0.1.0
 */
public record ReconnectPolicy(
        int maxAttempts,
        Duration minDelay,
        Duration maxDelay,
        double jitter,
        Duration healthyAfter,
        Duration maxRetryAfter) {

    private static final Duration DEFAULT_MAX_RETRY_AFTER = Duration.ofMinutes(5);

    /** The defaults: 10 attempts, 250 ms to 10 s, half of it left to chance, 30 s, 5 min. */
    public static final ReconnectPolicy DEFAULTS =
            new ReconnectPolicy(10, Duration.ofMillis(250), Duration.ofSeconds(10), 0.5, Duration.ofSeconds(30));

    /** Refuses values out of range. */
    public ReconnectPolicy {
        if (maxAttempts < 1) {
            throw new IllegalArgumentException("maxAttempts must be at least 1, not " + maxAttempts);
        }
        if (minDelay.isNegative() || minDelay.isZero()) {
            throw new IllegalArgumentException("minDelay must be positive, not " + minDelay);
        }
        if (maxDelay.compareTo(minDelay) < 0) {
            throw new IllegalArgumentException("maxDelay must be at least " + minDelay + ", not " + maxDelay);
        }
        if (!(jitter >= 0 && jitter <= 1)) {
            throw new IllegalArgumentException("jitter must be 0 to 1, not " + jitter);
        }
        if (healthyAfter.isNegative() || healthyAfter.isZero()) {
            throw new IllegalArgumentException("healthyAfter must be positive, not " + healthyAfter);
        }
        if (maxRetryAfter.isNegative() || maxRetryAfter.isZero()) {
            throw new IllegalArgumentException("maxRetryAfter must be positive, not " + maxRetryAfter);
        }
    }

    /**
     * Creates a policy that waits for a {@code Retry-After} of 5 min at most.
     *
     * @param maxAttempts how many attempts in a row may fail, at least 1
     * @param minDelay before the first attempt, positive
     * @param maxDelay the longest delay of our own, at least minDelay
     * @param jitter how much of a delay is left to chance, 0 to 1
     * @param healthyAfter how long a session has to last to be taken for a success, positive
     */
    public ReconnectPolicy(
            int maxAttempts, Duration minDelay, Duration maxDelay, double jitter, Duration healthyAfter) {
        this(maxAttempts, minDelay, maxDelay, jitter, healthyAfter, DEFAULT_MAX_RETRY_AFTER);
    }

    boolean allows(Throwable cause, int attempt) {
        return attempt <= maxAttempts && cause instanceof QwenAsrException known && known.isRetryable();
    }

    /** @param attempt counts from 1 */
    Duration delay(int attempt, Throwable cause, Random random) {
        double doubled = (double) minDelay.toNanos() * Math.pow(2, Math.min(attempt - 1, 40));
        double most = Math.min(doubled, (double) maxDelay.toNanos());
        Duration delay = Duration.ofNanos(Math.round(most * (1 - jitter * random.nextDouble())));
        if (cause instanceof HandshakeRejectedException rejected) {
            Duration asked = rejected.retryAfter();
            if (asked != null && asked.compareTo(delay) > 0) {
                return asked.compareTo(maxRetryAfter) < 0 ? asked : longer(delay, maxRetryAfter);
            }
        }
        return delay;
    }

    private static Duration longer(Duration one, Duration other) {
        return one.compareTo(other) > 0 ? one : other;
    }
}
