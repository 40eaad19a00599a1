package io.qwenasr.samples.cli.report;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * How one utterance came about.
 *
 * @param itemId the service's id of it
 * @param start where it begins in the audio, if known
 * @param end where it ends, if known
 * @param partials what it read like, in order
 * @param leftOut how many more partials there were
 * @param text its transcript; null if it has none
 * @param failure why it has none; null if it has, or if the session ended before
 * @param language code of the language, if told
 * @param settled when the transcript or the failure came, since the session was opened
 * @param firstPartial from the start of speech to the first text, if measured
 * @param finalResult from the end of speech to the transcript, if measured
 */
record UtteranceStory(
        String itemId,
        @Nullable Duration start,
        @Nullable Duration end,
        List<PartialText> partials,
        long leftOut,
        @Nullable String text,
        @Nullable String failure,
        @Nullable String language,
        @Nullable Duration settled,
        @Nullable Duration firstPartial,
        @Nullable Duration finalResult) {

    /** The transcript, or as much of it as was seen. */
    String shown() {
        if (text != null) {
            return text;
        }
        PartialText last = partials.isEmpty() ? null : partials.get(partials.size() - 1);
        return last == null ? "" : last.text() + last.stash();
    }
}
