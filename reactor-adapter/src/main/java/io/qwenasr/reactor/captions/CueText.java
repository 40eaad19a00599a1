package io.qwenasr.reactor.captions;

import io.qwenasr.reactor.captions.Partition.Piece;
import java.util.List;

/**
 * The text of an utterance, to be cut into cues, and these into lines.
 *
 * <p>Cuts are best after a sentence, then after a clause, then between words; pieces are best of equal width.
 */
final class CueText {

    private static final double EACH_CUE = 30;
    private static final double UNEVEN = 20;
    private static final double TOO_SHORT_OR_LONG = 200;

    /** More than all other costs of a cue: as few lines as possible come first. */
    private static final double EACH_LINE = 10_000;

    private final SubtitleStyle style;
    private final List<Token> tokens;

    /** Columns before each token, blanks included, and of all. */
    private final int[] before;

    /** How many of the tokens before each end a sentence or a clause. */
    private final int[] goodEnds;

    CueText(String text, SubtitleStyle style) {
        this.style = style;
        this.tokens = Token.of(oneLine(text), style.lineWidth());
        this.before = new int[tokens.size() + 1];
        this.goodEnds = new int[tokens.size() + 1];
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            before[i + 1] = before[i] + token.width() + token.blanks();
            goodEnds[i + 1] = goodEnds[i] + (token.ending().isGood() ? 1 : 0);
        }
    }

    /** White space of all scripts that a line may break at, and whatever would be no text in a file, is a blank. */
    private static String oneLine(String text) {
        return text.replaceAll("[\\p{javaWhitespace}\\p{Cc}]+", " ").strip();
    }

    /** Columns of the whole text. */
    int width() {
        return width(0, tokens.size());
    }

    /** Columns of a piece. */
    int width(Piece piece) {
        return width(piece.from(), piece.to());
    }

    private int width(int from, int to) {
        return to == from ? 0 : before[to] - before[from] - tokens.get(to - 1).blanks();
    }

    /** Cuts it into cues for speech of this length. */
    List<Piece> cues(double seconds) {
        double perColumn = seconds / Math.max(1, width());
        double shortest = style.shortest().toNanos() / 1e9;
        double longest = style.longest().toNanos() / 1e9;
        double most = (double) style.lineWidth() * style.lines();
        return Partition.of(tokens.size(), this::cueReach, (from, to) -> {
            int width = width(from, to);
            double length = width * perColumn;
            double shorter = Math.max(0, shortest - length) / shortest;
            double longer = isDivisible(from, to) ? Math.max(0, length - longest) / longest : 0;
            double empty = 1 - width / most;
            return EACH_CUE + endingCost(to) + UNEVEN * empty * empty + TOO_SHORT_OR_LONG * (shorter + longer);
        });
    }

    /** A short clause said slowly is better read as a whole than word by word. */
    private boolean isDivisible(int from, int to) {
        return width(from, to) > style.lineWidth() || goodEnds[to - 1] > goodEnds[from];
    }

    /** Breaks a cue into lines. */
    List<String> lines(Piece cue) {
        int count = cue.to() - cue.from();
        double limit = style.lineWidth();
        return Partition.of(count, from -> lineReach(cue.from() + from, cue.to()) - cue.from(), (from, to) -> {
                    double empty = 1 - width(cue.from() + from, cue.from() + to) / limit;
                    double ending = to == count ? 0 : endingCost(cue.from() + to);
                    return EACH_LINE + ending + UNEVEN * style.lines() * empty * empty;
                })
                .stream()
                .map(line -> text(cue.from() + line.from(), cue.from() + line.to()))
                .toList();
    }

    private double endingCost(int to) {
        return to == tokens.size() ? 0 : tokens.get(to - 1).ending().cost();
    }

    private int lineReach(int from, int most) {
        int to = from + 1;
        while (to < most && width(from, to + 1) <= style.lineWidth()) {
            to++;
        }
        return to;
    }

    /** Filling each line as far as possible makes as few as possible. */
    private int cueReach(int from) {
        int to = from;
        for (int line = 0; line < style.lines() && to < tokens.size(); line++) {
            to = lineReach(to, tokens.size());
        }
        return to;
    }

    private String text(int from, int to) {
        StringBuilder text = new StringBuilder();
        tokens.subList(from, to).forEach(token -> text.append(token.text()));
        return text.toString().strip();
    }
}
