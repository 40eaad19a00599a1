package io.qwenasr.reactor.captions;

import java.util.BitSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What readers take for one character: with its accents, as an emoji of several code points, as a flag. */
final class Graphemes {

    /** Unlike {@link java.text.BreakIterator} before Java 20, it knows extended grapheme clusters. */
    private static final Pattern CLUSTER = Pattern.compile("\\X");

    /** Where every char is a cluster of its own, except for a line break of two. */
    private static final int FIRST_COMBINING = 0x300;

    /** Whether a cluster begins at a place hangs on the code point there, and on nothing after it. */
    private static final int ENOUGH_AFTER = 2;

    private Graphemes() {}

    /** Returns where clusters begin, and the end of the text. */
    static BitSet boundaries(CharSequence text) {
        BitSet boundaries = new BitSet();
        Matcher cluster = CLUSTER.matcher(text);
        while (cluster.find()) {
            boundaries.set(cluster.start());
        }
        boundaries.set(text.length());
        return boundaries;
    }

    /** Returns the position, or the begin of the cluster that it is in the middle of. */
    static int floor(String text, int position) {
        if (position <= 0 || position >= text.length() || isPlain(text, position)) {
            return position;
        }
        int from = plainBefore(text, position);
        int to = Math.min(text.length(), position + ENOUGH_AFTER);
        return from + boundaries(text.substring(from, to)).previousSetBit(position - from);
    }

    private static boolean isPlain(String text, int position) {
        return text.charAt(position - 1) < FIRST_COMBINING
                && text.charAt(position) < FIRST_COMBINING
                && text.charAt(position) != '\n';
    }

    /** A plain char a while before, so that a run of flags is counted from its start. */
    private static int plainBefore(String text, int position) {
        int from = position;
        while (from > 0 && !(from < position && text.charAt(from) < FIRST_COMBINING)) {
            from--;
        }
        return from;
    }
}
