package io.qwenasr.reactor.captions;

import java.time.Duration;

/**
 * How much text a cue may have, and how long it is to be seen.
 *
 * <p>Widths count columns: a Chinese character, a kana, a Hangul syllable and an emoji are 2, any other character is 1,
 * marks that combine with one are 0.
 *
 * @param lineWidth columns of a line, 10 to 200
 * @param lines lines of a cue, 1 to 10
 * @param shortest how long a cue is seen at least, 100 ms to 10 s. Only in dense speech is it less, down to 40 ms, so
 *     that cues do not lag more than a second behind
 * @param longest how long a cue is seen at most, not less than {@code shortest}, up to 60 s
 * @param columnsPerSecond how fast viewers read, 1 to 1000. A cue in speech that is faster stays up to a second longer
 * @since 0.1.0
 */
public record SubtitleStyle(int lineWidth, int lines, Duration shortest, Duration longest, int columnsPerSecond) {

    private static final Duration LEAST_SHORTEST = Duration.ofMillis(100);
    private static final Duration MOST_SHORTEST = Duration.ofSeconds(10);
    private static final Duration MOST_LONGEST = Duration.ofSeconds(60);

    /** What broadcasters use: 2 lines of 42 columns, 1 to 7 seconds, 20 columns a second. */
    public static final SubtitleStyle BROADCAST =
            new SubtitleStyle(42, 2, Duration.ofSeconds(1), Duration.ofSeconds(7), 20);

    /** Refuses values out of range. */
    public SubtitleStyle {
        requireRange("lineWidth", lineWidth, 10, 200);
        requireRange("lines", lines, 1, 10);
        requireRange("columnsPerSecond", columnsPerSecond, 1, 1_000);
        requireRange("shortest", shortest, LEAST_SHORTEST, MOST_SHORTEST);
        requireRange("longest", longest, shortest, MOST_LONGEST);
    }

    private static <T extends Comparable<T>> void requireRange(String name, T value, T least, T most) {
        if (value.compareTo(least) < 0 || value.compareTo(most) > 0) {
            throw new IllegalArgumentException(name + " must be " + least + " to " + most + ", not " + value);
        }
    }

    /**
     * Sets the width.
     *
     * @param columns of a line, 10 to 200
     * @return a style that differs in this
     */
    public SubtitleStyle withLineWidth(int columns) {
        return new SubtitleStyle(columns, lines, shortest, longest, columnsPerSecond);
    }

    /**
     * Sets the height.
     *
     * @param count lines of a cue, 1 to 10
     * @return a style that differs in this
     */
    public SubtitleStyle withLines(int count) {
        return new SubtitleStyle(lineWidth, count, shortest, longest, columnsPerSecond);
    }

    /**
     * Sets how long a cue is seen.
     *
     * @param least 100 ms to 10 s
     * @param most not less, up to 60 s
     * @return a style that differs in this
     */
    public SubtitleStyle withDuration(Duration least, Duration most) {
        return new SubtitleStyle(lineWidth, lines, least, most, columnsPerSecond);
    }

    /**
     * Sets how fast viewers read.
     *
     * @param columns in a second, 1 to 1000
     * @return a style that differs in this
     */
    public SubtitleStyle withColumnsPerSecond(int columns) {
        return new SubtitleStyle(lineWidth, lines, shortest, longest, columns);
    }
}
