package io.qwenasr.samples.benchmarks.report;

import io.qwenasr.samples.benchmarks.load.Figures;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.ToDoubleFunction;

/**
 * A figure for which no goal was set, beside the floor's and hand-written WebFlux's.
 *
 * @param what in words
 * @param unit of the figures
 * @param own this library's
 * @param floor the floor's, where it was measured
 * @param webflux hand-written WebFlux's
 * @param ratio this library's by WebFlux's, within each round
 */
record Comparison(
        String what, Unit unit, Spread own, Optional<Spread> floor, Optional<Spread> webflux, Optional<Spread> ratio) {

    private static final String OWN = "qwen-asr";
    private static final String WEBFLUX = "webflux";

    /** What the harness itself holds in front of this library when it pushes: 64 chunks in its own sink. */
    private static final double SINK_BYTES = 64.0 * 3_200;

    /** Returns those of which there are figures. */
    static List<Comparison> of(Results results, String jdk) {
        List<Comparison> rows = new ArrayList<>();
        ToDoubleFunction<Figures> cpu = Results.sum("cpuMicros");
        ToDoubleFunction<Figures> memory = Results.sum("heapPerSession", "offHeapPerSession");
        ToDoubleFunction<Figures> held = Results.sum("heapPerSession", "directPerSession");
        add(rows, results, jdk, "full-speed", "CPU per append, ws", Unit.MICROS, cpu);
        add(rows, results, jdk, "full-speed-tls", "CPU per append, wss", Unit.MICROS, cpu);
        add(rows, results, jdk, "full-speed-tls", "allocation per append, wss", Unit.BYTES, Results.sum("allocated"));
        for (String count : List.of("1000", "100")) {
            String sessions = (count.equals("1000") ? "1,000" : count) + " sessions in real time: ";
            add(rows, results, jdk, "real-time-" + count, sessions + "CPU per append", Unit.MICROS, cpu);
            add(
                    rows,
                    results,
                    jdk,
                    "real-time-" + count,
                    sessions + "append to server, p99",
                    Unit.MILLIS,
                    Results.sum("toServerP99"));
        }
        add(
                rows,
                results,
                jdk,
                "real-time-1000",
                "1,000 sessions in real time: live heap and RSS growth of each",
                Unit.BYTES,
                memory);
        add(rows, results, jdk, "idle", "idle session: live heap and RSS growth", Unit.BYTES, memory);
        add(
                rows,
                results,
                jdk,
                "stalled-pulled",
                "stalled server, audio on demand: live heap and direct buffers of each session",
                Unit.BYTES,
                held);
        add(rows, results, jdk, "stalled-pushed", "stalled server, audio pushed: the same", Unit.BYTES, held);
        results.read("stalled-pushed", jdk, OWN, figures -> held.applyAsDouble(figures) - SINK_BYTES)
                .ifPresent(own -> rows.add(new Comparison(
                        "the same, without the 64 chunks in the harness's own sink",
                        Unit.BYTES,
                        own,
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty())));
        return rows;
    }

    private static void add(
            List<Comparison> rows,
            Results results,
            String jdk,
            String scenario,
            String what,
            Unit unit,
            ToDoubleFunction<Figures> reading) {
        results.read(scenario, jdk, OWN, reading)
                .ifPresent(own -> rows.add(new Comparison(
                        what,
                        unit,
                        own,
                        results.read(scenario, jdk, "floor", reading),
                        results.read(scenario, jdk, WEBFLUX, reading),
                        results.ratio(scenario, jdk, OWN, List.of(WEBFLUX), reading))));
    }

    /** Returns the cells of its row. */
    List<String> cells() {
        return List.of(what, own.shown(unit), shown(floor, unit), shown(webflux, unit), shown(ratio, Unit.TIMES));
    }

    private static String shown(Optional<Spread> spread, Unit unit) {
        return spread.map(value -> value.shown(unit)).orElse("–");
    }
}
