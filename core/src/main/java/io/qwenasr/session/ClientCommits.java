package io.qwenasr.session;

import io.qwenasr.ServerError;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Which of the audio of a manual session its commits cover, and what the service answered to them.
 *
 * <p>A refused commit leaves its audio in the service's buffer, so the next one covers it too, unless a clear comes
 * between them. Positions are bytes of audio sent. Confined to the event loop.
 */
final class ClientCommits {

    record Range(long start, long end) {}

    /** Audio without a result, and why. */
    record Refusal(Range audio, ServerError error) {}

    /** A commit, or a clear, of which there is no id. */
    private static final class Sent {
        private final @Nullable String commitId;
        private long start;
        private final long end;

        Sent(@Nullable String commitId, long start, long end) {
            this.commitId = commitId;
            this.start = start;
            this.end = end;
        }

        boolean isClear() {
            return commitId == null;
        }

        Range audio() {
            return new Range(start, end);
        }
    }

    /** Ids as this session makes them: of control events, of appends, of appends that were put together. */
    private static final Pattern OWN_ID = Pattern.compile("event_[cah]\\d+");

    private final long leastMissing;

    /** In the order sent, which is that of the answers. */
    private final ArrayDeque<Sent> unanswered = new ArrayDeque<>();

    private int outstanding;

    /** Where the next commit begins to cover. */
    private long start;

    /** Up to where all was committed, or cleared, once. */
    private long end;

    /** What of it the service still has, since it refused the last commit. */
    private @Nullable Refusal leftOver;

    private @Nullable Refusal lost;

    /** @param leastMissing how many bytes without a result are not passed over */
    ClientCommits(long leastMissing) {
        this.leastMissing = leastMissing;
    }

    /** Tells whether there is audio that no commit was sent for yet. */
    boolean isDue(long sentBytes) {
        return sentBytes > end;
    }

    void sent(String eventId, long sentBytes) {
        unanswered.add(new Sent(eventId, start, sentBytes));
        outstanding++;
        beginAt(sentBytes);
    }

    void clearSent(long sentBytes) {
        unanswered.add(new Sent(null, start, sentBytes));
        beginAt(sentBytes);
    }

    private void beginAt(long sentBytes) {
        start = sentBytes;
        end = sentBytes;
        leftOver = null;
    }

    /** Tells how many commits the service has not answered. */
    int outstanding() {
        return outstanding;
    }

    /** The service dropped what was not committed. */
    void cleared() {
        if (isClearNext()) {
            unanswered.remove();
        }
    }

    private boolean isClearNext() {
        Sent next = unanswered.peek();
        return next != null && next.isClear();
    }

    /**
     * The service gave up an item that it had not called committed: that of the oldest commit, unless a clear is due
     * before, which ends items, too.
     *
     * @return what it covers, if that is known
     */
    @Nullable Range failed() {
        return isClearNext() ? null : accepted();
    }

    /**
     * The service took a commit: the oldest, or if there is none one of its own, of what it still had.
     *
     * @return what it covers, if that is known
     */
    @Nullable Range accepted() {
        // Clears before it are done, too, whether or not the service says so.
        for (Sent sent = unanswered.poll(); sent != null; sent = unanswered.poll()) {
            if (!sent.isClear()) {
                outstanding--;
                return sent.audio();
            }
        }
        Range rest = leftOver == null ? null : leftOver.audio;
        if (rest != null) {
            beginAt(end);
        }
        return rest;
    }

    /**
     * The service reported an error.
     *
     * @return what the commit covered that it refuses; null if it is about something else
     */
    @Nullable Range refused(ServerError error) {
        Sent commit = answeredBy(error);
        if (commit == null) {
            return null;
        }
        Sent next = removeAndGetNext(commit);
        if (next != null && next.isClear()) {
            // Sent without knowing of the refusal: the caller did not mean this audio.
            Refusal refusal = new Refusal(commit.audio(), error);
            lost = lost == null && isMissed(refusal) ? refusal : lost;
        } else if (next != null) {
            next.start = commit.start;
        } else {
            start = commit.start;
            leftOver = new Refusal(new Range(start, end), error);
        }
        return commit.audio();
    }

    private @Nullable Sent answeredBy(ServerError error) {
        String id = error.eventId();
        Sent oldest = null;
        for (Sent sent : unanswered) {
            if (!sent.isClear()) {
                if (id != null && id.equals(sent.commitId)) {
                    return sent;
                }
                oldest = oldest == null ? sent : oldest;
            }
        }
        boolean isOwn = id != null && OWN_ID.matcher(id).matches();
        boolean aboutCommits = mentionsCommit(error.message()) || mentionsCommit(error.code());
        return aboutCommits && !isOwn ? oldest : null;
    }

    private static boolean mentionsCommit(@Nullable String text) {
        return text != null && text.toLowerCase(Locale.ROOT).contains("commit");
    }

    private @Nullable Sent removeAndGetNext(Sent commit) {
        Sent next = null;
        for (Iterator<Sent> backwards = unanswered.descendingIterator(); backwards.hasNext(); ) {
            Sent sent = backwards.next();
            if (sent == commit) {
                backwards.remove();
                outstanding--;
                break;
            }
            next = sent;
        }
        return next;
    }

    /** Returns audio, the oldest, whose commit was refused and that no other one covered. */
    @Nullable Refusal missing() {
        if (lost != null) {
            return lost;
        }
        return leftOver != null && isMissed(leftOver) ? leftOver : null;
    }

    private boolean isMissed(Refusal refusal) {
        return refusal.audio.end - refusal.audio.start >= leastMissing;
    }
}
