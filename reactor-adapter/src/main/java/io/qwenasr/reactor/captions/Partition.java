package io.qwenasr.reactor.captions;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/** Cuts a row into pieces so that their costs are least in sum. */
final class Partition {

    /** A piece from one place to another one. */
    record Piece(int from, int to) {}

    /** What a piece costs. */
    interface Cost {
        double of(int from, int to);
    }

    /** How far a piece may go. */
    interface Reach {

        /** Returns the greatest end of a piece that begins there; after {@code from}. */
        int from(int from);
    }

    private Partition() {}

    static List<Piece> of(int length, Reach reach, Cost cost) {
        double[] least = new double[length + 1];
        int[] begin = new int[length + 1];
        Arrays.fill(least, 1, length + 1, Double.POSITIVE_INFINITY);
        for (int from = 0; from < length; from++) {
            int most = reach.from(from);
            for (int to = from + 1; to <= most; to++) {
                double sum = least[from] + cost.of(from, to);
                if (sum < least[to]) {
                    least[to] = sum;
                    begin[to] = from;
                }
            }
        }
        List<Piece> pieces = new ArrayList<>();
        for (int to = length; to > 0; to = begin[to]) {
            pieces.add(new Piece(begin[to], to));
        }
        Collections.reverse(pieces);
        return pieces;
    }
}
