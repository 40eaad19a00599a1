package io.qwenasr.samples.cli.report;

import io.qwenasr.AudioLedger;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.samples.cli.report.Peaks.Shape;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a page tells of one session.
 *
 * @param name what was transcribed
 * @param facts what else is to be told, by its name
 * @param end how it ended
 * @param failure why it failed; null unless it did
 * @param began when it was opened; null if it never was
 * @param lasted how long it took
 * @param audio how much audio was taken
 * @param shape the outline of that audio
 * @param utterances in the order in which they were announced
 * @param leftOut how many more utterances there were
 * @param sessions how many sessions of the service it took
 * @param model what the service named, if it did
 * @param reconnects when a session was lost
 * @param errors what the service complained of
 * @param dropped what the source lost
 * @param ledger what became of the audio; null if nothing resumes
 */
record SessionStory(
        String name,
        Map<String, String> facts,
        End end,
        @Nullable String failure,
        @Nullable Instant began,
        Duration lasted,
        Duration audio,
        Shape shape,
        List<UtteranceStory> utterances,
        long leftOut,
        int sessions,
        @Nullable String model,
        List<Reconnect> reconnects,
        List<String> errors,
        List<AudioDropped> dropped,
        @Nullable AudioLedger ledger) {

    /** How a session ended. */
    enum End {
        NOT_STARTED("not started"),
        RUNNING("still running"),
        COMPLETE("complete"),
        CANCELLED("given up"),
        FAILED("failed");

        private final String words;

        End(String words) {
            this.words = words;
        }

        String words() {
            return words;
        }
    }

    /**
     * A session that was lost, and taken up again.
     *
     * @param heard how much audio had been taken by then
     * @param arrived when it was taken up again, since the first session was opened
     * @param replayed how much audio was sent again
     * @param lost how much was lost by it
     * @param attempt how many attempts it took
     * @param why what ended the session before
     */
    record Reconnect(Duration heard, Duration arrived, Duration replayed, Duration lost, int attempt, String why) {}

    Duration replayed() {
        return reconnects.stream().map(Reconnect::replayed).reduce(Duration.ZERO, Duration::plus);
    }

    Duration lost() {
        return ledger != null
                ? ledger.total(AudioLedger.State.LOST)
                : reconnects.stream().map(Reconnect::lost).reduce(Duration.ZERO, Duration::plus);
    }

    Duration droppedLength() {
        return dropped.stream().map(AudioDropped::length).reduce(Duration.ZERO, Duration::plus);
    }
}
