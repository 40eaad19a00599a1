package io.qwenasr.reactor;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Puts together what the events of one session say of each utterance. Used by one signal at a time. */
final class UtteranceBuilder {

    // Only events that break the contract leave items open; memory stays flat even then.
    private static final int MAX_OPEN = 1_024;

    private final Map<String, Duration> starts = new Recent();
    private final Map<String, Duration> ends = new Recent();

    /** Takes the next event; returns the utterance that it completes, if any. */
    @Nullable Utterance accept(TranscriptionEvent event) {
        if (event instanceof SpeechStarted started) {
            starts.put(started.itemId(), started.start());
        } else if (event instanceof SpeechStopped stopped && stopped.itemId() != null) {
            ends.put(stopped.itemId(), stopped.end());
        } else if (event instanceof Failed failed) {
            starts.remove(failed.itemId());
            ends.remove(failed.itemId());
        } else if (event instanceof Final done) {
            Duration start = starts.remove(done.itemId());
            Duration end = ends.remove(done.itemId());
            return new Utterance(
                    done.itemId(),
                    done.start() != null ? done.start() : start,
                    done.end() != null ? done.end() : end,
                    done.language(),
                    done.emotion(),
                    done.transcript());
        }
        return null;
    }

    private static final class Recent extends LinkedHashMap<String, Duration> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Duration> eldest) {
            return size() > MAX_OPEN;
        }
    }
}
