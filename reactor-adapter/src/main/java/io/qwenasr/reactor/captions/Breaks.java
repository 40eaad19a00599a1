package io.qwenasr.reactor.captions;

import java.lang.Character.UnicodeScript;
import java.text.BreakIterator;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Where a line may end: after words with the blanks that follow them, and between Chinese and Japanese characters,
 * though not before a closing mark nor after an opening one.
 *
 * <p>These are the line breaks of the JDK, less some that captions are better without, and with some that it lacks.
 */
final class Breaks {

    /** Its rules for Thai have a dictionary, those for all others have none. */
    private static final Locale THAI = Locale.forLanguageTag("th");

    /** The JDK breaks after them, but not before Latin; and before them in texts with Thai. */
    private static final String CHINESE_STOPS = "，。！？；：、";

    private static final Set<UnicodeScript> WITHOUT_BLANKS =
            EnumSet.of(UnicodeScript.THAI, UnicodeScript.LAO, UnicodeScript.KHMER, UnicodeScript.MYANMAR);

    private Breaks() {}

    /** Returns the pieces between breaks; together they are the text. */
    static List<String> pieces(String text) {
        List<String> pieces = new ArrayList<>();
        BitSet breaks = in(text);
        int from = 0;
        for (int to = breaks.nextSetBit(1); to >= 0; to = breaks.nextSetBit(to + 1)) {
            pieces.add(text.substring(from, to));
            from = to;
        }
        return pieces;
    }

    /** Returns the places of the breaks; the end of the text is one. */
    static BitSet in(String text) {
        BitSet breaks = new BitSet();
        boolean thai = text.codePoints().anyMatch(c -> isOf(c, UnicodeScript.THAI));
        BreakIterator lines = BreakIterator.getLineInstance(thai ? THAI : Locale.ROOT);
        lines.setText(text);
        for (int at = lines.next(); at != BreakIterator.DONE; at = lines.next()) {
            if (at == text.length() || !joins(text.codePointBefore(at), text.codePointAt(at))) {
                breaks.set(at);
            }
        }
        for (int at = 1; at < text.length(); at++) {
            if (CHINESE_STOPS.indexOf(text.charAt(at - 1)) >= 0 && Character.isLetterOrDigit(text.codePointAt(at))) {
                breaks.set(at);
            }
        }
        breaks.and(Graphemes.boundaries(text));
        return breaks;
    }

    /**
     * Only blanks and hyphens part words of Latin, Arabic and the like, and Korean ones: not the points of U.S. and of
     * example.com, nor the slashes of an address.
     */
    private static boolean joins(int before, int after) {
        if (isOf(before, UnicodeScript.HANGUL) && isOf(after, UnicodeScript.HANGUL)) {
            return true;
        }
        if (CHINESE_STOPS.indexOf(after) >= 0 || Character.getType(after) == Character.END_PUNCTUATION) {
            return true;
        }
        return !Character.isWhitespace(before)
                && Character.getType(before) != Character.DASH_PUNCTUATION
                && Character.getType(before) != Character.FORMAT
                && !Columns.isWide(before)
                && !Columns.isWide(after)
                && !WITHOUT_BLANKS.contains(UnicodeScript.of(before));
    }

    private static boolean isOf(int codePoint, UnicodeScript script) {
        return UnicodeScript.of(codePoint) == script;
    }
}
