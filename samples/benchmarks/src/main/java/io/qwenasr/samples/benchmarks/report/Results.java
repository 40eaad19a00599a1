package io.qwenasr.samples.benchmarks.report;

import io.qwenasr.samples.benchmarks.load.Sample;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

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
        List<Double> values = rounds(scenario, jdk, peer).stream()
                .map(s -> s.figures().values().get(name))
                .filter(value -> value != null && Double.isFinite(value))
                .toList();
        return values.isEmpty() ? Optional.empty() : Optional.of(Spread.of(values));
    }

    /** Returns how many times the other's figure is this peer's, each round by itself. */
    Optional<Spread> ratio(String scenario, String jdk, String peer, String other, String name) {
        List<Double> ratios = new ArrayList<>();
        for (Sample own : rounds(scenario, jdk, peer)) {
            for (Sample base : rounds(scenario, jdk, other)) {
                Double a = own.figures().values().get(name);
                Double b = base.figures().values().get(name);
                if (own.round() == base.round() && a != null && b != null && Double.isFinite(a / b)) {
                    ratios.add(a / b);
                }
            }
        }
        return ratios.isEmpty() ? Optional.empty() : Optional.of(Spread.of(ratios));
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
