package io.qwenasr.reactor.captions;

import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.reactor.captions.Partition.Piece;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Makes cues of captions, one caption after the other. Cues come in order and do not overlap. */
final class CueCutter {

    /** How much later than the speech a cue may end for the sake of readers. */
    private static final double LAG = 1;

    /** In speech too dense for the shortest time of a cue, at least this part of it, if there is room. */
    private static final double DENSE = 1 / 3.0;

    /** What a cue has even where there is no room, so that it is one. */
    private static final double FRAME = 0.04;

    private final SubtitleStyle style;
    private final double shortest;
    private Duration lastEnd = Duration.ZERO;
    private Duration spokenUntil = Duration.ZERO;

    CueCutter(SubtitleStyle style) {
        this.style = style;
        this.shortest = seconds(style.shortest());
    }

    List<Cue> cues(Caption caption) {
        if (!(caption.outcome() instanceof Final)) {
            return List.of();
        }
        CueText text = new CueText(caption.text(), style);
        if (text.width() == 0) {
            return List.of();
        }
        double reading = text.width() / (double) style.columnsPerSecond();
        Duration begin = later(start(caption, reading), lastEnd);
        double spoken = caption.end() == null ? reading : seconds(caption.end().minus(begin));
        List<Piece> pieces = text.cues(Math.max(spoken, reading));
        double[] lengths = lengths(text, pieces, spoken, isInOrder(caption));
        return place(caption.itemId(), text, pieces, begin, lengths);
    }

    private boolean isInOrder(Caption caption) {
        Duration end = caption.end();
        if (end == null || end.compareTo(spokenUntil) < 0) {
            return false;
        }
        spokenUntil = end;
        return true;
    }

    private Duration start(Caption caption, double reading) {
        if (caption.start() != null) {
            return caption.start();
        }
        return caption.end() == null ? lastEnd : after(caption.end(), -reading);
    }

    private List<Cue> place(String itemId, CueText text, List<Piece> pieces, Duration begin, double[] lengths) {
        List<Cue> cues = new ArrayList<>();
        double at = 0;
        for (int i = 0; i < lengths.length; i++) {
            Duration from = after(begin, at);
            at += lengths[i];
            Duration to = earlier(after(begin, at), from.plus(style.longest()));
            cues.add(new Cue(itemId, from, to, text.lines(pieces.get(i))));
            lastEnd = to;
        }
        return cues;
    }

    /**
     * Shares the time of speech out by width, and more time after it where readers need that.
     *
     * @param bounded whether cues that are late would make those after them late
     */
    private double[] lengths(CueText text, List<Piece> pieces, double spoken, boolean bounded) {
        int count = pieces.size();
        double needed = 0;
        double columns = 0;
        double fewest = Double.MAX_VALUE;
        for (Piece piece : pieces) {
            int width = Math.max(1, text.width(piece));
            needed += Math.max(shortest, width / (double) style.columnsPerSecond());
            columns += width;
            fewest = Math.min(fewest, width);
        }
        double dense = count * shortest * DENSE;
        double room = bounded ? Math.max(spoken + LAG, count * FRAME) : dense;
        double total = Math.max(Math.max(spoken, Math.min(needed, spoken + LAG)), Math.min(dense, room));
        double least = Math.min(shortest, total / count);
        double smallest = fewest / columns;
        double base = total * smallest >= least ? 0 : (least - total * smallest) / (1 - count * smallest);
        if (!(base * count < total)) {
            base = total / count;
        }
        double[] lengths = new double[count];
        for (int i = 0; i < count; i++) {
            lengths[i] = base + (total - base * count) * Math.max(1, text.width(pieces.get(i))) / columns;
        }
        return lengths;
    }

    private static Duration after(Duration begin, double seconds) {
        return begin.plusMillis(Math.round(seconds * 1e3));
    }

    private static Duration later(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }

    private static Duration earlier(Duration a, Duration b) {
        return a.compareTo(b) <= 0 ? a : b;
    }

    private static double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }
}
