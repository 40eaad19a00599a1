package io.qwenasr.samples.benchmarks.report;

import io.qwenasr.samples.benchmarks.load.Figures;
import io.qwenasr.samples.benchmarks.load.Sample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * Samples that can be asked for figures and ratios.
 *
 * @param samples all of them
 */
public record Results(List<Sample> samples) {

    List<String> jdks() {
        return samples.stream()
                .map(Sample::jdk)
                .distinct()
                .sorted((a, b) -> Integer.compare(Integer.parseInt(a), Integer.parseInt(b)))
                .toList();
    }

    List<String> scenarios() {
        return samples.stream().map(Sample::scenario).distinct().toList();
    }

    List<String> jdks(String scenario) {
        return new Results(samples.stream()
                        .filter(s -> s.scenario().equals(scenario))
                        .toList())
                .jdks();
    }

    /** Returns who took part, in the order of the first round. */
    List<String> peers(String scenario, String jdk) {
        return samples.stream()
                .filter(s -> s.scenario().equals(scenario) && s.jdk().equals(jdk))
                .map(Sample::peer)
                .distinct()
                .toList();
    }

    Optional<Spread> figure(String scenario, String jdk, String peer, String name) {
        return read(scenario, jdk, peer, sum(name));
    }

    Optional<Spread> read(String scenario, String jdk, String peer, ToDoubleFunction<Figures> reading) {
        return spread(rounds(scenario, jdk, peer).stream()
                .map(s -> reading.applyAsDouble(s.figures()))
                .toList());
    }

    /** Returns how many times the other's figure is this peer's, each round by itself. */
    Optional<Spread> ratio(String scenario, String jdk, String peer, String other, String name) {
        return ratio(scenario, jdk, peer, List.of(other), sum(name));
    }

    /** Returns how many times the least of the others' figures is this peer's, each round by itself. */
    Optional<Spread> ratio(
            String scenario, String jdk, String peer, List<String> others, ToDoubleFunction<Figures> reading) {
        List<Double> ratios = new ArrayList<>();
        for (Sample own : rounds(scenario, jdk, peer)) {
            double least = Double.POSITIVE_INFINITY;
            for (String other : others) {
                for (Sample base : rounds(scenario, jdk, other)) {
                    if (own.round() == base.round()) {
                        least = Math.min(least, reading.applyAsDouble(base.figures()));
                    }
                }
            }
            if (least < Double.POSITIVE_INFINITY) {
                ratios.add(reading.applyAsDouble(own.figures()) / least);
            }
        }
        return spread(ratios);
    }

    /** Reads the sum of some figures of one round; not a number if one of them is missing. */
    static ToDoubleFunction<Figures> sum(String... names) {
        return figures -> Arrays.stream(names)
                .mapToDouble(name -> figures.values().getOrDefault(name, Double.NaN))
                .sum();
    }

    private static Optional<Spread> spread(List<Double> values) {
        List<Double> finite = values.stream().filter(Double::isFinite).toList();
        return finite.isEmpty() ? Optional.empty() : Optional.of(Spread.of(finite));
    }

    /** Returns what was noted in any round, each text once. */
    String notes(String scenario, String jdk, String peer) {
        return String.join(
                "; ",
                rounds(scenario, jdk, peer).stream()
                        .map(s -> s.figures().note())
                        .filter(note -> !note.isEmpty())
                        .distinct()
                        .toList());
    }

    private List<Sample> rounds(String scenario, String jdk, String peer) {
        return samples.stream()
                .filter(s -> s.scenario().equals(scenario)
                        && s.jdk().equals(jdk)
                        && s.peer().equals(peer))
                .toList();
    }
}
