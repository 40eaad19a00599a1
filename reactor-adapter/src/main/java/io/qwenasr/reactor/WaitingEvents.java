package io.qwenasr.reactor;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.SessionReady;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the subscriber of {@link LatestPartialFlux}, and how much more may come.
 *
 * <p>What waits and what is still to come of what was requested never exceed the limit together.
 */
final class WaitingEvents implements Waiting<TranscriptionEvent> {

    // A partial that comes after the end of its item comes shortly after.
    private static final int ENDED_KEPT = 64;

    private final int limit;
    private final int batch;

    /** In order of arrival. A partial is found by its item's id, anything else only by its turn. */
    private final Map<Object, TranscriptionEvent> waiting = new LinkedHashMap<>();

    private final ArrayDeque<String> ended = new ArrayDeque<>();
    private int toCome;
    private boolean closed;

    WaitingEvents(int limit) {
        this.limit = limit;
        this.batch = Math.max(1, limit / 4);
    }

    /** Tells how many events to request now; they count as requested from then on. */
    synchronized int grant() {
        int room = limit - waiting.size() - toCome;
        if (closed || room <= 0 || (toCome > 0 && room < batch)) {
            return 0;
        }
        toCome += room;
        return room;
    }

    /** Notes the arrival of an event; false if none was requested. */
    synchronized boolean arrive() {
        if (closed) {
            return true;
        }
        if (toCome == 0) {
            return false;
        }
        toCome--;
        return true;
    }

    /** Lets an event that has arrived wait; returns the one that will not be delivered because of it, if any. */
    synchronized @Nullable TranscriptionEvent offer(TranscriptionEvent event) {
        if (closed) {
            return event;
        }
        if (event instanceof Partial partial) {
            if (ended.contains(partial.itemId())) {
                return partial;
            }
            TranscriptionEvent older = waiting.remove(partial.itemId());
            waiting.put(partial.itemId(), partial);
            return older;
        }
        TranscriptionEvent superseded = null;
        if (event instanceof Final done) {
            superseded = waiting.remove(done.itemId());
            ended(done.itemId());
        } else if (event instanceof Failed failed) {
            ended(failed.itemId());
        } else if (event instanceof SessionReady) {
            ended.clear();
        }
        waiting.put(new Object(), event);
        return superseded;
    }

    private void ended(String itemId) {
        if (ended.size() == ENDED_KEPT) {
            ended.remove();
        }
        ended.add(itemId);
    }

    @Override
    public synchronized @Nullable TranscriptionEvent poll() {
        Iterator<TranscriptionEvent> oldest = waiting.values().iterator();
        if (!oldest.hasNext()) {
            return null;
        }
        TranscriptionEvent event = oldest.next();
        oldest.remove();
        return event;
    }

    @Override
    public synchronized boolean isEmpty() {
        return waiting.isEmpty();
    }

    @Override
    public synchronized List<TranscriptionEvent> close() {
        closed = true;
        List<TranscriptionEvent> left = List.copyOf(waiting.values());
        waiting.clear();
        return left;
    }
}
