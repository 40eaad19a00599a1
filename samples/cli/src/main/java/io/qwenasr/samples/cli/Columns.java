package io.qwenasr.samples.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jline.utils.WCWidth;

/** How much room text takes on a terminal, where a Chinese character is as wide as two Latin ones. */
final class Columns {

    private static final String ELLIPSIS = "…";
    private static final int MIN_ROOM = 20;
    private static final int EMOJI_FORM = 0xfe0f;

    /** Emoji that terminals draw wide without being asked to; JLine knows the others only. */
    private static final Set<Integer> WIDE_EMOJI = ("⌚⌛⏩⏪⏫⏬⏰⏳◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽" + "⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓❔❕❗➕➖➗➰➿⬛⬜⭐⭕")
            .codePoints()
            .boxed()
            .collect(Collectors.toUnmodifiableSet());

    /** What readers take for one. */
    private static final Pattern CHARACTER = Pattern.compile("\\X");

    private Columns() {}

    /**
     * How many columns text takes, or more: what several emoji are joined to is one on some terminals and several on
     * others, and counts as several.
     */
    static int width(String text) {
        int sum = 0;
        int before = 0;
        for (int i = 0; i < text.length(); ) {
            int codePoint = text.codePointAt(i);
            // It asks for the wide form of what is narrow otherwise, such as a heart.
            int columns = codePoint == EMOJI_FORM && before == 1 ? 1 : width(codePoint);
            sum += columns;
            before = columns;
            i += Character.charCount(codePoint);
        }
        return sum;
    }

    private static int width(int codePoint) {
        return WIDE_EMOJI.contains(codePoint) ? 2 : Math.max(0, WCWidth.wcwidth(codePoint));
    }

    /** Cuts text at its right, between characters, if it is wider than the limit. */
    static String head(String text, int limit) {
        return width(text) <= limit ? text : text.substring(0, fitting(text, limit - 1)) + ELLIPSIS;
    }

    /** Where the last character ends, accents and what else belongs to it included, that still fits. */
    private static int fitting(String text, int room) {
        int end = 0;
        int left = room;
        Matcher character = CHARACTER.matcher(text);
        while (character.find()) {
            left -= width(character.group());
            if (left < 0) {
                break;
            }
            end = character.end();
        }
        return end;
    }

    /** Cuts text at its left, where it is oldest, between characters, if it is wider than the limit. */
    static String tail(String text, int limit) {
        int excess = width(text) - limit;
        if (excess <= 0) {
            return text;
        }
        int begin = 0;
        int over = excess + 1;
        Matcher character = CHARACTER.matcher(text);
        while (over > 0 && character.find()) {
            over -= width(character.group());
            begin = character.end();
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

    /** The last blank that leaves no more than the limit before it, else the end of the last character that fits. */
    private static int breakAt(String text, int limit, int margin) {
        int end = fitting(text, limit);
        if (end < text.length() && text.charAt(end) == ' ' && end > margin) {
            return end;
        }
        int blank = text.lastIndexOf(' ', end - 1);
        if (blank > margin) {
            return blank;
        }
        return end > 0 ? end : text.offsetByCodePoints(0, 1);
    }
}
