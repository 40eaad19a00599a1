package io.qwenasr.samples.cli;

import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Small forms of text. */
final class Text {

    private Text() {}

    /** Folds line breaks and takes out control characters, which could steer the terminal. */
    static String oneLine(String text) {
        return text.replaceAll("\\s*[\\r\\n\\u0085\\u2028\\u2029]+\\s*", " ")
                .replace('\t', ' ')
                .replaceAll("\\p{Cc}", "?")
                .strip();
    }

    /** Takes out control characters other than line feeds and tabs, and leaves the lines as they are. */
    static String lines(String text) {
        return text.replace(System.lineSeparator(), "\n")
                .replaceAll("[\\p{Cc}&&[^\\n\\t]]", "?")
                .replace("\n", System.lineSeparator());
    }

    /** Minutes, seconds and tenths, such as {@code 01:02.3}. */
    static String position(@Nullable Duration position) {
        if (position == null) {
            return "--:--.-";
        }
        long tenths = Math.round(position.toMillis() / 100.0);
        return String.format(Locale.ROOT, "%02d:%02d.%d", tenths / 600, tenths / 10 % 60, tenths % 10);
    }

    static String seconds(Duration duration) {
        return String.format(Locale.ROOT, "%.2f s", duration.toNanos() / 1e9);
    }
}
