package io.qwenasr.reactor.captions;

import io.qwenasr.TranscriptionEvent.AudioDropped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Parts captions that may be settled from those that have to wait for an open one before them.
 *
 * <p>A result that never comes must not hold all others up, so the wait has bounds. Lost audio may lie within an
 * utterance that goes on for long, and therefore only waits, and makes nothing else wait no longer.
 */
final class Waiting {

    /** So many results do not wait for one. */
    private static final int MOST_RESULTS = 16;

    /** No result waits longer; audio time. */
    private static final Duration LONGEST = Duration.ofSeconds(30);

    private final List<Caption> current;
    private final List<Caption> settled = new ArrayList<>();
    private final List<Caption> overdue = new ArrayList<>();

    /**
     * Parts them.
     *
     * @param captions in the order of their announcement
     * @param heard how far the audio has come
     */
    Waiting(List<Caption> captions, Duration heard) {
        current = new ArrayList<>(captions);
        settleFirst();
        for (Caption result = firstResult();
                result != null && (results() >= MOST_RESULTS || isLate(result, heard));
                result = firstResult()) {
            passOver(result);
            settleFirst();
        }
    }

    /** Those that are still open, and those that wait. */
    List<Caption> current() {
        return current;
    }

    /** Those that have ended and need not wait, in the order of speech. */
    List<Caption> settled() {
        return settled;
    }

    /** Those that were waited for too long. */
    List<Caption> overdue() {
        return overdue;
    }

    private void settleFirst() {
        while (!current.isEmpty() && !current.get(0).isOpen()) {
            settled.add(current.remove(0));
        }
    }

    private void passOver(Caption result) {
        while (!current.get(0).itemId().equals(result.itemId())) {
            Caption first = current.remove(0);
            (first.isOpen() ? overdue : settled).add(first);
        }
    }

    private @Nullable Caption firstResult() {
        return current.stream().filter(Waiting::isResult).findFirst().orElse(null);
    }

    private long results() {
        return current.stream().filter(Waiting::isResult).count();
    }

    private static boolean isResult(Caption caption) {
        return !caption.isOpen() && !(caption.outcome() instanceof AudioDropped);
    }

    private static boolean isLate(Caption result, Duration heard) {
        Duration end = result.end() != null ? result.end() : result.start();
        return end != null && heard.minus(end).compareTo(LONGEST) > 0;
    }
}
