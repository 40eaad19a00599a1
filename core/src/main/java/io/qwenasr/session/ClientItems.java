package io.qwenasr.session;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a client knows of the items of its session: which are open, where they lie, which are owed a result.
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

        void startsAt(@Nullable Duration position) {
            start = position;
        }

        void endsAt(@Nullable Duration position) {
            end = position;
        }

        /**
         * Marks this as committed.
         *
         * @return true the first time
         */
        boolean commit() {
            boolean first = !committed;
            committed = true;
            return first;
        }
    }

    // Ended items are remembered to recognise what arrives late; a bound keeps day-long sessions flat.
    private static final int REMEMBERED_ENDED = 256;

    private final Map<String, Item> open = new LinkedHashMap<>();
    private final Map<String, Boolean> ended = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > REMEMBERED_ENDED;
        }
    };
    private final boolean manual;

    /** @param manual whether the client commits: an item is then owed a result only once it is committed */
    ClientItems(boolean manual) {
        this.manual = manual;
    }

    /** Returns the item, announced by this if it is new; null if it has ended. */
    @Nullable Item touch(String id) {
        return ended.containsKey(id) ? null : open.computeIfAbsent(id, Item::new);
    }

    void ended(Item item) {
        open.remove(item.id);
        ended.put(item.id, Boolean.TRUE);
    }

    /** Forgets the items of audio that was not committed, and will not be. */
    void cleared() {
        open.values().removeIf(item -> !item.committed);
    }

    /** Returns the items that the service still owes a result when it has all the audio. */
    List<String> owed() {
        return open.values().stream()
                .filter(item -> item.committed || !manual)
                .map(item -> item.id)
                .toList();
    }

    /** Tells whether the service has all the audio of an utterance and has not given its result. */
    boolean isResultDue() {
        // Asked after each event: no stream.
        for (Item item : open.values()) {
            if (item.committed || item.end != null) {
                return true;
            }
        }
        return false;
    }
}
