package io.qwenasr.reactor;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What waits for a subscriber. Safe for any thread; nothing outside is called under a lock.
 *
 * @param <T> what the subscriber is told
 */
interface Waiting<T> {

    /** Takes the next element; null if there is none. */
    @Nullable T poll();

    boolean isEmpty();

    /** Lets nothing wait from now on; returns what did. */
    List<T> close();
}
