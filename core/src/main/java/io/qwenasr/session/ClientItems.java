package io.qwenasr.session;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * What a client knows of the items of its session: which are open, where they lie, which commits they answer.
 *
 * <p>Confined to the event loop.
 */
final class ClientItems {

    /** One utterance. */
    static final class Item {
        private final String id;
        private @Nullable Duration start;
        private @Nullable Duration end;
        private boolean committed;

        private Item(String id) {
            this.id = id;
        }

        @Nullable Duration start() {
            return start;
        }

        @Nullable Duration end() {
            return end;
        }

        void startsAt(Duration position) {
            start = position;
        }

        void endsAt(Duration position) {
            end = position;
        }
    }

    private record SentCommit(String eventId, Duration start, Duration end) {}

    // Ended items are remembered to recognise what arrives late; a bound keeps day-long sessions flat.
    private static final int REMEMBERED_ENDED = 256;

    private final Map<String, Item> open = new LinkedHashMap<>();
    private final Map<String, Boolean> ended = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED_ENDED;
        }
    };
    private final Queue<SentCommit> unanswered = new ArrayDeque<>();

    /** Returns the item, announced by this if it is new; null if it has ended. */
    @Nullable Item touch(String id) {
        return ended.containsKey(id) ? null : open.computeIfAbsent(id, Item::new);
    }

    void commitSent(String eventId, Duration start, Duration end) {
        unanswered.add(new SentCommit(eventId, start, end));
    }

    /** Forgets a commit that the service refused. */
    void commitRefused(String eventId) {
        unanswered.removeIf(commit -> commit.eventId.equals(eventId));
    }

    boolean hasUnansweredCommits() {
        return !unanswered.isEmpty();
    }

    int unansweredCommits() {
        return unanswered.size();
    }

    /**
     * Marks an item as committed; in manual mode it answers the oldest open commit.
     *
     * @return true the first time
     */
    boolean committed(Item item) {
        if (item.committed) {
            return false;
        }
        item.committed = true;
        SentCommit commit = unanswered.poll();
        if (commit != null) {
            item.start = commit.start;
            item.end = commit.end;
        }
        return true;
    }

    void ended(Item item) {
        open.remove(item.id);
        ended.put(item.id, Boolean.TRUE);
    }

    List<String> openIds() {
        return new ArrayList<>(open.keySet());
    }

    /** Tells whether the service has all the audio of an utterance and has not given its result. */
    boolean isResultDue() {
        if (!unanswered.isEmpty()) {
            return true;
        }
        // Asked after each event: no stream.
        for (Item item : open.values()) {
            if (item.committed || item.end != null) {
                return true;
            }
        }
        return false;
    }

    boolean allEnded() {
        return open.isEmpty() && unanswered.isEmpty();
    }
}
