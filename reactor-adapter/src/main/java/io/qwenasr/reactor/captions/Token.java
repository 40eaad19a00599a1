package io.qwenasr.reactor.captions;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Pattern;

/**
 * A piece of text that is not broken.
 *
 * @param text with the blanks behind it
 * @param width columns without those
 * @param blanks columns of those
 * @param ending how good it is to break after it
 */
record Token(String text, int width, int blanks, Ending ending) {

    /** The best first. */
    enum Ending {
        SENTENCE(0),
        CLAUSE(20),
        WORD(60),
        INSIDE(80);

        private final double cost;

        Ending(double cost) {
            this.cost = cost;
        }

        double cost() {
            return cost;
        }

        boolean isGood() {
            return this == SENTENCE || this == CLAUSE;
        }
    }

    /** As in Dr. Smith and the U.S. economy: no end of a sentence, and not to be parted from what follows. */
    private static final Pattern ABBREVIATION = Pattern.compile("\\p{Lu}\\p{Ll}?\\p{Ll}?\\.|(\\p{L}\\.){2,}");

    private static final String SENTENCE_ENDS = ".!?…。！？｡؟۔।॥";
    private static final String CLAUSE_ENDS = ",;:—–、，；：،؛";
    private static final String CLOSERS = "\"'”’»)]}」』）】》〉›";

    /** Returns the tokens of a text, none wider than the limit. */
    static List<Token> of(String text, int limit) {
        List<Token> tokens = new ArrayList<>();
        for (String piece : Breaks.pieces(text)) {
            String word = piece.stripTrailing();
            int width = Columns.width(word);
            if (width <= limit) {
                tokens.add(new Token(piece, width, Columns.width(piece.substring(word.length())), ending(piece, word)));
            } else {
                cut(piece, word, limit, tokens);
            }
        }
        return tokens;
    }

    private static void cut(String piece, String word, int limit, List<Token> to) {
        BitSet clusters = Graphemes.boundaries(word);
        int from = 0;
        int width = 0;
        int last = 0;
        for (int at = clusters.nextSetBit(1); at >= 0; at = clusters.nextSetBit(at + 1)) {
            int wider = Columns.width(word.substring(last, at));
            if (width + wider > limit) {
                to.add(new Token(word.substring(from, last), width, 0, Ending.INSIDE));
                from = last;
                width = 0;
            }
            width += wider;
            last = at;
        }
        int blanks = Columns.width(piece.substring(word.length()));
        to.add(new Token(piece.substring(from), width, blanks, ending(piece, word)));
    }

    private static Ending ending(String piece, String word) {
        int at = word.length() - 1;
        while (at > 0 && CLOSERS.indexOf(word.charAt(at)) >= 0) {
            at--;
        }
        char last = at < 0 ? ' ' : word.charAt(at);
        if (ABBREVIATION.matcher(word).matches()) {
            return Ending.INSIDE;
        }
        if (SENTENCE_ENDS.indexOf(last) >= 0) {
            return Ending.SENTENCE;
        }
        if (CLAUSE_ENDS.indexOf(last) >= 0) {
            return Ending.CLAUSE;
        }
        return piece.length() > word.length() ? Ending.WORD : Ending.INSIDE;
    }
}
