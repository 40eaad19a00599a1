package io.qwenasr.reactor.resume;

import io.qwenasr.ConnectionClosedException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * How long the server lets a session last: as configured, or as it has shown by closing three sessions in a row, with the
 * same words, at the same age. Used by one thread at a time.
 *
 * <p>What was learned may change: every 20th session is left to its end, and if it outlives the limit, that is forgotten.
 */
final class SessionLimit {

    /** How long before the limit the next session is opened; of short limits, a part. */
    private static final Duration LEAD = Duration.ofSeconds(30);

    private static final double LARGEST_LEAD = 0.4;

    /** Sessions that end sooner have other reasons. */
    private static final Duration LEAST_LEARNED = Duration.ofSeconds(10);

    /** How much the ages may differ, as a part of them. */
    private static final int LIKENESS = 20;

    /** How many have to agree. */
    private static final int TO_LEARN = 3;

    private static final int LEFT_TO_ITS_END = 20;

    private final @Nullable Duration configured;
    private @Nullable Duration learned;
    private int sessions;
    private @Nullable String lastWords;
    private Duration shortest = Duration.ZERO;
    private int alike;

    SessionLimit(@Nullable Duration configured) {
        this.configured = configured;
    }

    /** A session is opened: returns how long it may last, as far as that is known. */
    @Nullable Duration ofNext() {
        Duration shown = learned;
        boolean tryOut = shown != null && ++sessions % LEFT_TO_ITS_END == 0;
        if (shown == null || tryOut) {
            return configured;
        }
        return configured == null || shown.compareTo(configured) < 0 ? shown : configured;
    }

    /** At which age of a session the next one is opened. */
    static Duration prepareAt(Duration limit) {
        return limit.minus(lead(limit));
    }

    /** At which age it takes over, however inconvenient: what was sent before then needs its results. */
    static Duration switchAt(Duration limit) {
        return limit.minus(lead(limit).dividedBy(2));
    }

    private static Duration lead(Duration limit) {
        Duration part = Duration.ofNanos((long) (limit.toNanos() * LARGEST_LEAD));
        return part.compareTo(LEAD) < 0 ? part : LEAD;
    }

    /** A session that was not replaced has come to its end. */
    void onEnd(@Nullable Throwable cause, Duration age) {
        String words = cause instanceof ConnectionClosedException closed
                        && closed.code() != ConnectionClosedException.NO_CLOSE_FRAME
                ? closed.code() + closed.reason()
                : null;
        if (learned != null && age.compareTo(learned.plus(learned.dividedBy(LIKENESS))) > 0) {
            learned = null;
        }
        boolean again = words != null
                && words.equals(lastWords)
                && age.minus(shortest).abs().compareTo(age.dividedBy(LIKENESS)) <= 0;
        alike = words == null ? 0 : again ? alike + 1 : 1;
        shortest = again && shortest.compareTo(age) < 0 ? shortest : age;
        lastWords = words;
        if (alike >= TO_LEARN
                && age.compareTo(LEAST_LEARNED) >= 0
                && (learned == null || shortest.compareTo(learned) < 0)) {
            learned = shortest;
            sessions = 0;
        }
    }
}
