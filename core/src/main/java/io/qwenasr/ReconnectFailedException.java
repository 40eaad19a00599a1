package io.qwenasr;

import java.util.ArrayList;
import java.util.List;

/**
 * Session after session was lost, and no further one is tried.
 *
 * <p>The cause is the last failure; phase and session id are those of that one.
 *
 * @since 0.1.0
 */
public final class ReconnectFailedException extends QwenAsrException {
    private static final long serialVersionUID = 1L;
    private static final int MAX_TOLD = 5;

    private final List<QwenAsrException> attempts;

    /**
     * Creates the error.
     *
     * @param failures how many failures in a row there were
     * @param attempts the failures, or the latest of them, the oldest first, at least one
     */
    public ReconnectFailedException(int failures, List<QwenAsrException> attempts) {
        super(message(failures, attempts), last(attempts).phase(), null, last(attempts));
        this.attempts = List.copyOf(attempts);
    }

    private static QwenAsrException last(List<QwenAsrException> attempts) {
        if (attempts.isEmpty()) {
            throw new IllegalArgumentException("there must be a failure for reconnecting to have failed");
        }
        return attempts.get(attempts.size() - 1);
    }

    private static String message(int failures, List<QwenAsrException> attempts) {
        List<String> told = new ArrayList<>();
        String message = "";
        int times = 0;
        for (QwenAsrException attempt : attempts) {
            String next = String.valueOf(attempt.getMessage());
            times = next.equals(message) ? times + 1 : 1;
            message = next;
            if (times > 1) {
                told.remove(told.size() - 1);
            }
            told.add(times == 1 ? message : message + " (" + times + " times)");
        }
        int left = Math.max(0, told.size() - MAX_TOLD);
        return "gave up after " + failures + " failures in a row: " + (left == 0 ? "" : "…; ")
                + String.join("; ", told.subList(left, told.size()));
    }

    /**
     * Returns the failures in a row: of the session that was lost, and of each attempt to replace it.
     *
     * @return the oldest first, at least one; the latest hundred, if there are more
     */
    public List<QwenAsrException> attempts() {
        return attempts;
    }

    /** Always true: each of the failures was retryable, and the service may come back. */
    @Override
    public boolean isRetryable() {
        return true;
    }
}
