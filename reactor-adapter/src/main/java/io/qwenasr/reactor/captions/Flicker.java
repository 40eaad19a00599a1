package io.qwenasr.reactor.captions;

import java.util.List;

/**
 * How restless captions are: how many characters were rewritten for those that stayed.
 *
 * <p>It is the <i>normalised erasure</i> of Arivazhagan et al., <i>Re-translation versus Streaming for Simultaneous
 * Translation</i> (2020), in code points: at each change of a caption, what was shown after the first difference has
 * been erased. 0 is text that only grows; at 1 as much was erased as stayed.
 *
 * @param rewritten code points that were shown and then taken away or replaced, 0 or more
 * @param shown code points of the texts in the end, or so far, 0 or more
 * @since 0.1.0
 */
public record Flicker(long rewritten, long shown) {

    /** No captions. */
    static final Flicker NONE = new Flicker(0, 0);

    /** Refuses negative values. */
    public Flicker {
        if (rewritten < 0 || shown < 0) {
            throw new IllegalArgumentException(
                    "rewritten and shown must not be negative, but are " + rewritten + " and " + shown);
        }
    }

    static Flicker of(List<Caption> captions) {
        return captions.stream().map(Caption::flicker).reduce(NONE, Flicker::plus);
    }

    /**
     * Returns the measure.
     *
     * @return characters rewritten for each character shown; where none is shown, their number
     */
    public double perCharacter() {
        return (double) rewritten / Math.max(1, shown);
    }

    /**
     * Adds up.
     *
     * @param other of other captions
     * @return of both
     */
    public Flicker plus(Flicker other) {
        return new Flicker(rewritten + other.rewritten, shown + other.shown);
    }
}
