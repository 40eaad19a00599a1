package io.qwenasr.reactor.captions;

import java.time.Duration;
import java.util.List;
import java.util.Objects;

/**
 * Text to be seen for a while. Immutable.
 *
 * @param itemId the utterance it is of, which may have several
 * @param start when it appears, on the audio timeline; not negative
 * @param end when it disappears, after the start
 * @param lines what is seen, at least one line; none is blank, none has a line break or another control character
 * @since 0.1.0
 */
public record Cue(String itemId, Duration start, Duration end, List<String> lines) {

    /** Refuses missing values, times that are not in order, and lines that would end a cue in a file. */
    public Cue {
        Objects.requireNonNull(itemId, "itemId");
        lines = List.copyOf(lines);
        if (start.isNegative() || start.compareTo(end) >= 0) {
            throw new IllegalArgumentException(
                    "a cue must begin at 0 or later and end after that, not from " + start + " to " + end);
        }
        if (lines.isEmpty()) {
            throw new IllegalArgumentException("a cue must have at least one line");
        }
        for (String line : lines) {
            if (line.isBlank() || line.chars().anyMatch(Cue::breaks)) {
                throw new IllegalArgumentException(
                        "a line of a cue must not be blank nor have control characters, but one of " + itemId + " has");
            }
        }
    }

    private static boolean breaks(int character) {
        return Character.isISOControl(character) || character == '\u2028' || character == '\u2029';
    }

    /**
     * Returns what is seen.
     *
     * @return the lines, with line feeds between them
     */
    public String text() {
        return String.join("\n", lines);
    }

    /**
     * Returns how long it is seen.
     *
     * @return from start to end, positive
     */
    public Duration length() {
        return end.minus(start);
    }
}
