package io.qwenasr.samples.cli;

import java.util.ArrayList;
import java.util.List;
import org.jline.utils.WCWidth;

/** How much room text takes on a terminal, where a Chinese character is as wide as two Latin ones. */
final class Columns {

    private static final String ELLIPSIS = "…";
    private static final int MIN_ROOM = 20;

    private Columns() {}

    static int width(String text) {
        return text.codePoints().map(Columns::width).sum();
    }

    private static int width(int codePoint) {
        return Math.max(0, WCWidth.wcwidth(codePoint));
    }

    /** Cuts text at its right if it is wider than the limit. */
    static String head(String text, int limit) {
        if (width(text) <= limit) {
            return text;
        }
        int end = 0;
        int room = limit - 1;
        while (end < text.length()) {
            int codePoint = text.codePointAt(end);
            room -= width(codePoint);
            if (room < 0) {
                break;
            }
            end += Character.charCount(codePoint);
        }
        return text.substring(0, end) + ELLIPSIS;
    }

    /** Cuts text at its left, where it is oldest, if it is wider than the limit. */
    static String tail(String text, int limit) {
        if (width(text) <= limit) {
            return text;
        }
        int begin = text.length();
        int room = limit - 1;
        while (begin > 0) {
            int codePoint = text.codePointBefore(begin);
            room -= width(codePoint);
            if (room < 0) {
                break;
            }
            begin -= Character.charCount(codePoint);
        }
        return ELLIPSIS + text.substring(begin).stripLeading();
    }

    /**
     * Breaks text between words, or within one that is wider than a whole line.
     *
     * @param limit columns of a line, at least 2
     * @param indent columns that lines after the first begin with; less where hardly any room would be left
     */
    static List<String> wrap(String text, int limit, int indent) {
        String margin = " ".repeat(limit - indent < MIN_ROOM ? 0 : indent);
        List<String> lines = new ArrayList<>();
        String rest = text;
        while (width(rest) > limit) {
            int end = breakAt(rest, limit, lines.isEmpty() ? 0 : margin.length());
            lines.add(rest.substring(0, end).stripTrailing());
            rest = margin + rest.substring(end).stripLeading();
        }
        lines.add(rest);
        return lines;
    }

    /** The last blank that leaves no more than the limit before it, else the last character that fits. */
    private static int breakAt(String text, int limit, int margin) {
        int room = limit;
        int blank = -1;
        int index = 0;
        while (index < text.length()) {
            int codePoint = text.codePointAt(index);
            if (codePoint == ' ' && index > margin) {
                blank = index;
            }
            room -= width(codePoint);
            if (room < 0) {
                break;
            }
            index += Character.charCount(codePoint);
        }
        return blank > 0 ? blank : index;
    }
}
