package io.qwenasr.reactor;

import io.qwenasr.TranscriptionEvent.Failed;
import java.util.List;
import java.util.Objects;

/**
 * The session is over, every transcript there is was delivered, and for some utterances there is none.
 *
 * @see Transcripts
 * @since 0.1.0
 */
public final class FailedUtterancesException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Failed> failures;
    private final long count;

    /**
     * Creates the error.
     *
     * @param failures the failures that are known in detail, in the order they happened, at least one
     * @param count how many utterances failed, at least as many as there are in {@code failures}
     */
    public FailedUtterancesException(List<Failed> failures, long count) {
        super(describe(failures, count));
        this.failures = List.copyOf(failures);
        this.count = count;
    }

    private static String describe(List<Failed> failures, long count) {
        Objects.requireNonNull(failures, "failures");
        if (failures.isEmpty() || count < failures.size()) {
            throw new IllegalArgumentException(
                    "failures must not be empty nor more than count, got " + failures.size() + " of " + count);
        }
        Failed first = failures.get(0);
        return (count == 1 ? "1 utterance" : count + " utterances") + " could not be transcribed; "
                + (count == 1 ? "item " : "the first: item ") + first.itemId() + ", "
                + first.error().describe();
    }

    /**
     * Returns what failed.
     *
     * @return the first failures, in the order they happened, at most 100; empty after serialization
     */
    public List<Failed> failures() {
        return failures == null ? List.of() : failures;
    }

    /**
     * Tells how many utterances failed.
     *
     * @return at least 1
     */
    public long count() {
        return count;
    }
}
