package io.qwenasr.samples.cli.report;

import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.reactor.observation.UtteranceLatency;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is noted of one utterance while it is heard. */
final class UtteranceNotes {

    /** An utterance has 60 s at most, and services tell some 5 times a second. */
    static final int MAX_PARTIALS = 512;

    private final String itemId;
    private final List<PartialText> partials = new ArrayList<>();
    private long leftOut;
    private @Nullable Duration start;
    private @Nullable Duration end;
    private @Nullable String text;
    private @Nullable String failure;
    private @Nullable String language;
    private @Nullable Duration settled;
    private @Nullable Duration firstPartial;
    private @Nullable Duration finalResult;

    UtteranceNotes(String itemId) {
        this.itemId = itemId;
    }

    void starts(Duration position) {
        if (start == null) {
            start = position;
        }
    }

    void stops(Duration position) {
        end = position;
    }

    /** What reads as before is not noted again; of too many the oldest half is thinned out. */
    void reads(Partial partial, Duration arrived, Duration heard) {
        PartialText last = partials.isEmpty() ? null : partials.get(partials.size() - 1);
        boolean same = last != null
                && last.text().equals(partial.text())
                && last.stash().equals(partial.stash());
        if (settled != null || same) {
            return;
        }
        if (partials.size() == MAX_PARTIALS) {
            for (int i = MAX_PARTIALS / 2; i > 0; i -= 2) {
                partials.remove(i);
                leftOut++;
            }
        }
        partials.add(new PartialText(arrived, heard, partial.text(), partial.stash()));
        language = partial.language() != null ? partial.language() : language;
    }

    void ends(Final done, Duration arrived, @Nullable UtteranceLatency latency) {
        if (settled != null) {
            return;
        }
        settled = arrived;
        text = done.transcript();
        language = done.language() != null ? done.language() : language;
        start = done.start() != null ? done.start() : start;
        end = done.end() != null ? done.end() : end;
        if (latency != null) {
            firstPartial = latency.firstPartial();
            finalResult = latency.finalResult();
        }
    }

    void fails(Failed failed, Duration arrived) {
        if (settled == null) {
            settled = arrived;
            failure = failed.error().describe();
        }
    }

    UtteranceStory story() {
        return new UtteranceStory(
                itemId,
                start,
                end,
                List.copyOf(partials),
                leftOut,
                text,
                failure,
                language,
                settled,
                firstPartial,
                finalResult);
    }
}
