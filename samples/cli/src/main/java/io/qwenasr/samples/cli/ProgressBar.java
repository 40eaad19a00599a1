package io.qwenasr.samples.cli;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Draws how far a file is, in one row. */
final class ProgressBar {

    private static final int MIN_NAME = 8;
    private static final int MIN_BAR = 6;
    private static final int MAX_BAR = 30;
    /** From here on there is room for words. */
    private static final int WIDE = 60;

    private static final double BAR_SHARE = 0.4;
    private static final long MINUTE = 60;
    private static final long HOUR = 60 * MINUTE;

    private ProgressBar() {}

    /**
     * Draws name, bar, percent, speed and the time left, in this order.
     *
     * @param limit columns that it may take; where they are few, the bar goes first, then the name is cut
     */
    static String of(FileProgress file, int limit) {
        String numbers = numbers(file, limit >= WIDE ? "ETA " : "");
        int room = limit - Columns.width(numbers) - 1;
        Double fraction = file.fraction();
        int bar = (int) Math.min(MAX_BAR, room * BAR_SHARE);
        if (fraction == null || bar < MIN_BAR) {
            return Columns.head(name(file, Math.max(MIN_NAME, room)) + " " + numbers, limit);
        }
        return name(file, room - bar - 1) + " " + bar(fraction, bar) + " " + numbers;
    }

    /** Two columns for the brackets, the rest in proportion. */
    private static String bar(double fraction, int width) {
        int inner = width - 2;
        int full = (int) (inner * fraction);
        return "[" + "#".repeat(full) + ".".repeat(inner - full) + "]";
    }

    private static String name(FileProgress file, int width) {
        String cut = Columns.tail(Text.oneLine(file.name()), width);
        return cut + " ".repeat(Math.max(0, width - Columns.width(cut)));
    }

    private static String numbers(FileProgress file, String label) {
        Duration left = file.left();
        String time = file.isAllSent()
                ? " ".repeat(label.length()) + "ending"
                : label + String.format("%6s", left == null ? "-:--" : clock(left));
        return String.format("%4s", where(file)) + " " + speed(file.speed()) + " " + time;
    }

    /** Percent, or the position if the length is not known. */
    static String where(FileProgress file) {
        Double fraction = file.fraction();
        return fraction == null ? Text.position(file.position()) : (int) (100 * fraction) + "%";
    }

    /** Five columns up to 9999x. */
    static String speed(@Nullable Double speed) {
        if (speed == null) {
            return "   -x";
        }
        return String.format(Locale.ROOT, speed < 99.95 ? "%4.1fx" : "%4.0fx", speed);
    }

    /** Such as {@code 0:31} and {@code 1:02:03}, rounded up. */
    static String clock(Duration duration) {
        long seconds = duration.plusNanos(999_999_999).toSeconds();
        return seconds < HOUR
                ? String.format(Locale.ROOT, "%d:%02d", seconds / MINUTE, seconds % MINUTE)
                : String.format(Locale.ROOT, "%d:%02d:%02d", seconds / HOUR, seconds % HOUR / MINUTE, seconds % MINUTE);
    }
}
