package io.qwenasr.samples.benchmarks.report;

import java.util.List;

/**
 * One figure over several rounds.
 *
 * @param median the middle one
 * @param min the smallest
 * @param max the largest
 * @param rounds how many there are
 */
record Spread(double median, double min, double max, int rounds) {

    /** Summarises at least one value. */
    static Spread of(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        int middle = sorted.size() / 2;
        double median = sorted.size() % 2 == 1 ? sorted.get(middle) : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
        return new Spread(median, sorted.get(0), sorted.get(sorted.size() - 1), sorted.size());
    }

    /** Returns the text, with the extremes if there is more than one round. */
    String shown(Unit unit) {
        String middle = unit.shown(median);
        return rounds < 2 ? middle : middle + " (" + unit.shown(min) + " – " + unit.shown(max) + ")";
    }
}
