package io.qwenasr;

import java.time.Duration;
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
    private final @Nullable ServerError refusal;
    private final @Nullable Duration refusedStart;
    private final @Nullable Duration refusedEnd;

    /**
     * Creates the error.
     *
     * @param openItems ids of the announced items without a transcript
     * @param unansweredCommits commits that were never acknowledged
     * @param sessionId the session's id, if known
     */
    public IncompleteTranscriptException(List<String> openItems, int unansweredCommits, @Nullable String sessionId) {
        this(openItems, unansweredCommits, null, sessionId);
    }

    /**
     * Creates the error, also for audio whose commit was refused.
     *
     * @param openItems ids of the announced items without a transcript
     * @param unansweredCommits commits that were never acknowledged
     * @param refused the refusal of a commit whose audio no other commit covered, if there is one
     * @param sessionId the session's id, if known
     */
    public IncompleteTranscriptException(
            List<String> openItems,
            int unansweredCommits,
            TranscriptionEvent.@Nullable ErrorReported refused,
            @Nullable String sessionId) {
        super(message(openItems, unansweredCommits, refused), SessionPhase.FINISHING, sessionId, null);
        this.openItems = List.copyOf(openItems);
        this.unansweredCommits = unansweredCommits;
        this.refusal = refused == null ? null : refused.error();
        this.refusedStart = refused == null ? null : refused.start();
        this.refusedEnd = refused == null ? null : refused.end();
    }

    private static String message(
            List<String> openItems, int unansweredCommits, TranscriptionEvent.@Nullable ErrorReported refused) {
        StringBuilder message = new StringBuilder("the service finished without a result for ");
        if (refused == null || !openItems.isEmpty()) {
            message.append("items ").append(openItems).append(refused == null ? "" : " and for ");
        }
        if (refused != null) {
            message.append("audio whose commit it refused");
            if (refused.start() != null && refused.end() != null) {
                message.append(", ").append(refused.start().toMillis()).append(" to ");
                message.append(refused.end().toMillis()).append(" ms");
            }
            message.append(" (").append(refused.error().describe()).append(')');
        }
        if (unansweredCommits > 0) {
            message.append(" and with ").append(unansweredCommits).append(" commits unanswered");
        }
        return message.toString();
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

    /**
     * Returns what the service said when it refused a commit whose audio no other commit covered.
     *
     * @return the error; null if there is no such audio
     */
    public @Nullable ServerError refusal() {
        return refusal;
    }

    /**
     * Returns where that audio begins; of several such ranges, the first.
     *
     * @return the position on the audio timeline; null if there is none, or where positions are not known
     */
    public @Nullable Duration refusedStart() {
        return refusedStart;
    }

    /**
     * Returns where that audio ends.
     *
     * @return the position on the audio timeline; null together with the start
     */
    public @Nullable Duration refusedEnd() {
        return refusedEnd;
    }

    /** Always true. */
    @Override
    public boolean isRetryable() {
        return true;
    }
}
