package io.qwenasr.samples.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Something that the library has to reach.
 *
 * @param what in words
 * @param limit the bound, as it was set
 * @param bound the number that must not be passed
 * @param atLeast whether it is a lower bound
 * @param unit of the number
 * @param measured what was measured
 */
record Goal(String what, String limit, double bound, boolean atLeast, Unit unit, Spread measured) {

    private static final String OWN = "qwen-asr";
    private static final String FULL = "full-speed";
    private static final String THOUSAND = "real-time-1000";

    /** Returns the goals of which there are figures. */
    static List<Goal> of(Results results, String jdk) {
        List<Goal> goals = new ArrayList<>();
        add(
                goals,
                "CPU per append, of hand-written WebFlux",
                "≤ 1/3",
                1.0 / 3,
                Unit.NONE,
                ratio(results, jdk, OWN, "webflux"));
        add(
                goals,
                "CPU per append, of the DashScope SDK",
                "≤ 1/10",
                0.1,
                Unit.NONE,
                ratio(results, jdk, OWN, "dashscope"));
        add(goals, "CPU per append, of the floor", "≤ 1.8 ×", 1.8, Unit.TIMES, ratio(results, jdk, OWN, "floor"));
        add(
                goals,
                "CPU per append, Flux to Flux, of the bare session handler",
                "≤ 1.10 ×",
                1.1,
                Unit.TIMES,
                ratio(results, jdk, OWN, "core"));
        add(
                goals,
                "CPU per append, with pacing and commits, of the faster of the bare session handler and `qwen-asr`",
                "≤ 1.10 ×",
                1.1,
                Unit.TIMES,
                results.ratio(FULL, jdk, "qwen-asr-operators", List.of("core", OWN), Results.sum("cpuMicros")));
        add(goals, "allocation per append", "≤ 128 B", 128, Unit.BYTES, results.figure(FULL, jdk, OWN, "allocated"));
        addAtLeast(
                goals,
                "encoding, times as fast as Jackson to bytes",
                "≥ 3 ×",
                3,
                jmh(results, jdk, "EncodeBenchmark.jacksonToBytes", "EncodeBenchmark.qwenAsr"));
        addAtLeast(
                goals,
                "encoding, times as fast as the DashScope way",
                "≥ 8 ×",
                8,
                jmh(results, jdk, "EncodeBenchmark.dashScope", "EncodeBenchmark.qwenAsr"));
        add(
                goals,
                "decoding a partial, of the strings alone",
                "≤ 5 ×",
                5,
                Unit.TIMES,
                jmh(results, jdk, "DecodeBenchmark.qwenAsr", "DecodeBenchmark.stringsOnly"));
        add(
                goals,
                "decoding a partial, allocation",
                "≤ 1.2 kB",
                1_200,
                Unit.BYTES,
                results.figure("jmh", jdk, "DecodeBenchmark.qwenAsr", "allocated"));
        add(
                goals,
                "1,000 sessions in real time: append to server, p99",
                "< 20 ms",
                20,
                Unit.MILLIS,
                results.figure(THOUSAND, jdk, OWN, "toServerP99"));
        add(
                goals,
                "1,000 sessions in real time: threads for them",
                "0",
                0,
                Unit.COUNT,
                results.figure(THOUSAND, jdk, OWN, "threads"));
        add(
                goals,
                "1,000 sessions in real time: live heap and RSS growth of each, worst round",
                "≤ 60 kB",
                60_000,
                Unit.BYTES,
                sum(results, THOUSAND, jdk, "heapPerSession", "offHeapPerSession"));
        add(
                goals,
                "idle session: live heap",
                "≤ 10 kB",
                10_000,
                Unit.BYTES,
                results.figure("idle", jdk, OWN, "heapPerSession"));
        add(
                goals,
                "stalled server: live heap and direct buffers of each session",
                "≤ 320 kB",
                320_000,
                Unit.BYTES,
                sum(results, "stalled-pulled", jdk, "heapPerSession", "directPerSession"));
        add(
                goals,
                "stalled server: audio lost",
                "0 %",
                0,
                Unit.PERCENT,
                results.figure("stalled-pulled", jdk, OWN, "lostPercent"));
        return goals;
    }

    private static Optional<Spread> ratio(Results results, String jdk, String peer, String other) {
        return results.ratio(FULL, jdk, peer, other, "cpuMicros");
    }

    private static Optional<Spread> jmh(Results results, String jdk, String benchmark, String other) {
        return results.ratio("jmh", jdk, benchmark, other, "micros");
    }

    /** The worst round, since a later one is given memory again that an earlier one has left. */
    private static Optional<Spread> sum(Results results, String scenario, String jdk, String one, String another) {
        return results.read(scenario, jdk, OWN, Results.sum(one, another))
                .map(spread -> Spread.of(List.of(spread.max())));
    }

    private static void add(
            List<Goal> goals, String what, String limit, double bound, Unit unit, Optional<Spread> measured) {
        measured.ifPresent(spread -> goals.add(new Goal(what, limit, bound, false, unit, spread)));
    }

    private static void addAtLeast(
            List<Goal> goals, String what, String limit, double bound, Optional<Spread> measured) {
        measured.ifPresent(spread -> goals.add(new Goal(what, limit, bound, true, Unit.TIMES, spread)));
    }

    boolean isMet() {
        return atLeast ? measured.median() >= bound : measured.median() <= bound;
    }

    /** Tells whether the median meets it, and if not, by how much it does not. */
    String verdict() {
        if (isMet()) {
            return "met";
        }
        double factor = atLeast ? bound / measured.median() : measured.median() / bound;
        return bound == 0 ? "missed" : "missed by a factor of " + Unit.NONE.bare(factor);
    }
}
