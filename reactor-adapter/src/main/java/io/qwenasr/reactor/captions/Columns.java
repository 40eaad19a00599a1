package io.qwenasr.reactor.captions;

import java.lang.Character.UnicodeBlock;
import java.lang.Character.UnicodeScript;
import java.util.BitSet;
import java.util.EnumSet;
import java.util.Set;

/**
 * How wide text is: a Chinese character or an emoji is 2 columns, a Latin letter 1, its accent none.
 *
 * <p>The JDK does not tell the East Asian Width of Unicode (UAX 11), but it tells what that follows from, nearly
 * everywhere: script, block and category.
 */
final class Columns {

    private static final Set<UnicodeScript> WIDE = EnumSet.of(
            UnicodeScript.HAN,
            UnicodeScript.HIRAGANA,
            UnicodeScript.KATAKANA,
            UnicodeScript.HANGUL,
            UnicodeScript.BOPOMOFO,
            UnicodeScript.YI,
            UnicodeScript.TANGUT,
            UnicodeScript.NUSHU,
            UnicodeScript.KHITAN_SMALL_SCRIPT);

    private static final Set<UnicodeBlock> WIDE_BLOCKS = Set.of(
            UnicodeBlock.CJK_SYMBOLS_AND_PUNCTUATION,
            UnicodeBlock.HIRAGANA,
            UnicodeBlock.KATAKANA,
            UnicodeBlock.KANBUN,
            UnicodeBlock.CJK_STROKES,
            UnicodeBlock.ENCLOSED_CJK_LETTERS_AND_MONTHS,
            UnicodeBlock.CJK_COMPATIBILITY,
            UnicodeBlock.IDEOGRAPHIC_DESCRIPTION_CHARACTERS,
            UnicodeBlock.VERTICAL_FORMS,
            UnicodeBlock.CJK_COMPATIBILITY_FORMS,
            UnicodeBlock.SMALL_FORM_VARIANTS,
            UnicodeBlock.ENCLOSED_IDEOGRAPHIC_SUPPLEMENT,
            UnicodeBlock.MISCELLANEOUS_SYMBOLS_AND_PICTOGRAPHS,
            UnicodeBlock.EMOTICONS,
            UnicodeBlock.TRANSPORT_AND_MAP_SYMBOLS,
            UnicodeBlock.SUPPLEMENTAL_SYMBOLS_AND_PICTOGRAPHS,
            UnicodeBlock.SYMBOLS_AND_PICTOGRAPHS_EXTENDED_A);

    /** Symbols of other blocks that are emoji by themselves. */
    private static final String WIDE_SYMBOLS = "⌚⌛⏩⏪⏫⏬⏰⏳◽◾☔☕♈♉♊♋♌♍♎♏♐♑♒♓♿⚓⚡⚪⚫⚽⚾⛄⛅⛎⛔⛪⛲⛳⛵⛺⛽✅✊✋✨❌❎❓❔❕❗➕➖➗➰➿⬛⬜⭐⭕🀄🃏🆎🆑"
            + "🆒🆓🆔🆕🆖🆗🆘🆙🆚🟠🟡🟢🟣🟤🟥🟦🟧🟨🟩🟪🟫";

    private static final int EMOJI_STYLE = 0xFE0F;
    private static final int FIRST_WIDE = 0x1100;
    private static final int LAST_FULLWIDTH_FORM = 0xFF60;
    private static final int FIRST_FULLWIDTH_SIGN = 0xFFE0;
    private static final int LAST_FULLWIDTH_SIGN = 0xFFE6;

    private Columns() {}

    /** Returns the columns of a text. */
    static int width(String text) {
        if (text.chars().allMatch(c -> c >= ' ' && c <= '~')) {
            return text.length();
        }
        int width = 0;
        int from = 0;
        BitSet clusters = Graphemes.boundaries(text);
        for (int to = clusters.nextSetBit(1); to >= 0; to = clusters.nextSetBit(to + 1)) {
            width += clusterWidth(text.substring(from, to));
            from = to;
        }
        return width;
    }

    /** A cluster is as wide as its widest code point. */
    private static int clusterWidth(String cluster) {
        return cluster.codePoints().map(Columns::width).max().orElse(0);
    }

    static boolean isWide(int codePoint) {
        return width(codePoint) == 2;
    }

    private static int width(int codePoint) {
        if (codePoint == EMOJI_STYLE || isRegionalIndicator(codePoint)) {
            return 2;
        }
        return switch (Character.getType(codePoint)) {
            case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT, Character.CONTROL -> 0;
            default -> codePoint >= FIRST_WIDE && isWideSymbol(codePoint) ? 2 : 1;
        };
    }

    private static boolean isRegionalIndicator(int codePoint) {
        return codePoint >= 0x1F1E6 && codePoint <= 0x1F1FF;
    }

    private static boolean isWideSymbol(int codePoint) {
        UnicodeBlock block = UnicodeBlock.of(codePoint);
        if (UnicodeBlock.HALFWIDTH_AND_FULLWIDTH_FORMS.equals(block)) {
            return codePoint <= LAST_FULLWIDTH_FORM
                    || (codePoint >= FIRST_FULLWIDTH_SIGN && codePoint <= LAST_FULLWIDTH_SIGN);
        }
        return WIDE.contains(UnicodeScript.of(codePoint))
                || (block != null && WIDE_BLOCKS.contains(block))
                || WIDE_SYMBOLS.indexOf(codePoint) >= 0;
    }
}
