package io.qwenasr.reactor.captions;

import org.jspecify.annotations.Nullable;

/**
 * The ids of the items that ended last, at least 4,096 of them. Immutable; each shares what it can with the one before.
 *
 * @param newer the latest; null if there is none
 * @param older those before the first of them, as many as there is room for; null if there are none
 */
record PastItems(@Nullable Node newer, @Nullable Node older) {

    static final PastItems NONE = new PastItems(null, null);

    private static final int GENERATION = 4_096;

    /** An item, and those that ended before it. */
    record Node(String id, @Nullable Node before, int count) {

        static boolean contains(@Nullable Node latest, String id) {
            for (Node node = latest; node != null; node = node.before) {
                if (node.id.equals(id)) {
                    return true;
                }
            }
            return false;
        }
    }

    boolean isEmpty() {
        return newer == null;
    }

    boolean contains(String id) {
        return Node.contains(newer, id) || Node.contains(older, id);
    }

    PastItems plus(String id) {
        return newer != null && newer.count == GENERATION
                ? new PastItems(new Node(id, null, 1), newer)
                : new PastItems(new Node(id, newer, newer == null ? 1 : newer.count + 1), older);
    }
}
