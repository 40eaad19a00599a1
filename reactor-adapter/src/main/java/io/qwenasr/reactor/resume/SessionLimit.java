package io.qwenasr.reactor.resume;

import io.qwenasr.ConnectionClosedException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long the server lets a session last: as configured, or as it has shown by closing two sessions in a row, with the
 * same words, at the same age. Used by one thread at a time.
 */
final class SessionLimit {

    /** How long before the limit the next session is opened; of short limits, a part. */
    private static final Duration LEAD = Duration.ofSeconds(30);

    private static final double LARGEST_LEAD = 0.4;

    /** Sessions that end sooner have other reasons. */
    private static final Duration LEAST_LEARNED = Duration.ofSeconds(10);

    /** How much the ages may differ, as a part of them. */
    private static final int LIKENESS = 20;

    private @Nullable Duration limit;
    private @Nullable String lastWords;
    private Duration lastAge = Duration.ZERO;

    SessionLimit(@Nullable Duration configured) {
        limit = configured;
    }

    boolean isKnown() {
        return limit != null;
    }

    /** At which age of a session the next one is opened. */
    Duration prepareAt() {
        return known().minus(lead());
    }

    /** At which age it takes over, however inconvenient: what was sent before then needs its results. */
    Duration switchAt() {
        return known().minus(lead().dividedBy(2));
    }

    private Duration lead() {
        Duration part = Duration.ofNanos((long) (known().toNanos() * LARGEST_LEAD));
        return part.compareTo(LEAD) < 0 ? part : LEAD;
    }

    private Duration known() {
        Duration now = limit;
        if (now == null) {
            throw new IllegalStateException("no limit is known");
        }
        return now;
    }

    void onEnd(@Nullable Throwable cause, Duration age) {
        String words = cause instanceof ConnectionClosedException closed
                        && closed.code() != ConnectionClosedException.NO_CLOSE_FRAME
                ? closed.code() + closed.reason()
                : null;
        boolean again = words != null
                && words.equals(lastWords)
                && age.compareTo(LEAST_LEARNED) >= 0
                && age.minus(lastAge).abs().compareTo(age.dividedBy(LIKENESS)) <= 0;
        if (again) {
            Duration shown = age.compareTo(lastAge) < 0 ? age : lastAge;
            limit = limit == null || shown.compareTo(limit) < 0 ? shown : limit;
        }
        lastWords = words;
        lastAge = age;
    }
}
