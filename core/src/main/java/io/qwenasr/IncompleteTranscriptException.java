package io.qwenasr;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The service declared the session finished while results were missing.
 *
 * @since 0.1.0
 */
public final class IncompleteTranscriptException extends QwenAsrException {
    private static final long serialVersionUID = 1L;

    private final List<String> openItems;
    private final int unansweredCommits;

    /**
     * Creates the error.
     *
     * @param openItems ids of the announced items without a transcript
     * @param unansweredCommits commits that were never acknowledged
     * @param sessionId the session's id, if known
     */
    public IncompleteTranscriptException(List<String> openItems, int unansweredCommits, @Nullable String sessionId) {
        super(
                "the service finished without a result for items " + openItems
                        + (unansweredCommits == 0 ? "" : " and with " + unansweredCommits + " commits unanswered"),
                SessionPhase.FINISHING,
                sessionId,
                null);
        this.openItems = List.copyOf(openItems);
        this.unansweredCommits = unansweredCommits;
    }

    /**
     * Returns the items without a transcript.
     *
     * @return their ids in the order they were announced
     */
    public List<String> openItems() {
        return openItems;
    }

    /**
     * Returns how many commits were never acknowledged.
     *
     * @return at least 0
     */
    public int unansweredCommits() {
        return unansweredCommits;
    }

    /** Always true. */
    @Override
    public boolean isRetryable() {
        return true;
    }
}
