package io.qwenasr;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where each piece of the audio that was offered has gone: a snapshot.
 *
 * <p>The service acknowledges no audio. What it has dealt with is derived: with server-side turn detection
 * everything before the end of the latest utterance such that it and all before it have their result, and silence
 * that is no longer kept for replay: before a position that the service has told of, or sent 5 s ago or more (and
 * 2 s more than the silence that ends a turn), by the clock and as fast as it was spoken, without a word of the
 * service's; in manual mode each utterance whose commit has its result; and what the last session was sent, once that
 * has finished.
 *
 * @param entries ranges in their order, without holes or overlaps, from zero to all that was offered; neighbours
 *     differ
 * @since 0.1.0
 */
public record AudioLedger(List<Entry> entries) {

    /**
     * What has become of a piece of audio.
     *
     * @since 0.1.0
     */
    public enum State {
        /** It waits to be sent, for the first time or once more. */
        WAITING,
        /** It was sent, and no result tells yet that it was dealt with. */
        SENT,
        /** It was dealt with. */
        SETTLED,
        /** It will not be transcribed; the reason says why. */
        LOST
    }

    /**
     * A range of audio in one state.
     *
     * @param start on the audio timeline
     * @param end on the audio timeline, after the start
     * @param state what has become of it
     * @param reason why it was lost; null for other states
     * @since 0.1.0
     */
    public record Entry(
            Duration start,
            Duration end,
            State state,
            @Nullable String reason) {
        /** Refuses an empty range. */
        public Entry {
            if (start.compareTo(end) >= 0) {
                throw new IllegalArgumentException("a range must have a length, not " + start + " to " + end);
            }
        }

        /**
         * Returns the playing time of the range.
         *
         * @return positive
         */
        public Duration length() {
            return end.minus(start);
        }
    }

    /** Takes a copy. */
    public AudioLedger {
        entries = List.copyOf(entries);
    }

    /**
     * Returns how much audio was offered, losses at the source included.
     *
     * @return the playing time
     */
    public Duration offered() {
        return entries.isEmpty()
                ? Duration.ZERO
                : entries.get(entries.size() - 1).end();
    }

    /**
     * Returns how much audio is in a state.
     *
     * @param state the state
     * @return the playing time
     */
    public Duration total(State state) {
        return entries.stream()
                .filter(entry -> entry.state == state)
                .map(Entry::length)
                .reduce(Duration.ZERO, Duration::plus);
    }
}
