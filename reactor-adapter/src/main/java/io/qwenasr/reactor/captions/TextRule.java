package io.qwenasr.reactor.captions;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;

/** Changes what the texts of events read like. Each subscription has its own; used by one signal at a time. */
interface TextRule {

    /** A text, and how much of it will not change any more. */
    record Reading(String text, int firm) {}

    /**
     * Returns what is to be read instead of a partial.
     *
     * @param preview the whole text
     * @param firm how much of it is confirmed
     */
    Reading partial(String itemId, String preview, int firm);

    /** Returns what is to be read instead of a transcript. */
    String complete(String itemId, String transcript);

    /** Takes in any other event. */
    default TranscriptionEvent other(TranscriptionEvent event) {
        return event;
    }

    /** Applies it to an event. */
    default TranscriptionEvent apply(TranscriptionEvent event) {
        if (event instanceof Partial partial) {
            Reading reading =
                    partial(partial.itemId(), partial.preview(), partial.text().length());
            return new Partial(
                    partial.itemId(),
                    reading.text().substring(0, reading.firm()),
                    reading.text().substring(reading.firm()),
                    partial.language(),
                    partial.emotion());
        }
        if (event instanceof Final done) {
            return new Final(
                    done.itemId(),
                    complete(done.itemId(), done.transcript()),
                    done.language(),
                    done.emotion(),
                    done.start(),
                    done.end());
        }
        return other(event);
    }
}
