package io.qwenasr.samples.cli;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Committed;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The utterances that are not shown for good yet, in the order they were announced; they may end in another. */
final class ItemOrder {

    /** The last that was heard of each: announcement, partial, or its end. */
    private final Map<String, TranscriptionEvent> items = new LinkedHashMap<>();

    /**
     * Takes an event in.
     *
     * @return the ends ({@link Final} or {@link Failed}) of those that now have no open one before them
     */
    List<TranscriptionEvent> accept(TranscriptionEvent event) {
        if (event instanceof SpeechStarted started) {
            items.putIfAbsent(started.itemId(), event);
        } else if (event instanceof Committed committed) {
            items.putIfAbsent(committed.itemId(), event);
        } else if (event instanceof Partial partial) {
            if (!isEnd(items.get(partial.itemId()))) {
                items.put(partial.itemId(), partial);
            }
        } else if (event instanceof Final end) {
            items.put(end.itemId(), end);
        } else if (event instanceof Failed failed) {
            items.put(failed.itemId(), failed);
        }
        return take(false);
    }

    /** The ends that still wait for others, which will not come any more. */
    List<TranscriptionEvent> rest() {
        return take(true);
    }

    /** What was last heard of each utterance that is not taken yet. */
    List<TranscriptionEvent> open() {
        return List.copyOf(items.values());
    }

    private List<TranscriptionEvent> take(boolean all) {
        List<TranscriptionEvent> ends = new ArrayList<>();
        Iterator<TranscriptionEvent> iterator = items.values().iterator();
        while (iterator.hasNext()) {
            TranscriptionEvent last = iterator.next();
            if (isEnd(last)) {
                ends.add(last);
                iterator.remove();
            } else if (!all) {
                break;
            }
        }
        return ends;
    }

    private static boolean isEnd(@Nullable TranscriptionEvent event) {
        return event instanceof Final || event instanceof Failed;
    }
}
