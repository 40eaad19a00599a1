package io.qwenasr.samples.benchmarks.report;

import java.util.List;

/**
 * A column of a table.
 *
 * @param title its head
 * @param figure the figure's name
 * @param unit how it is written
 * @param ratioTo if not empty, it shows how many times this peer's figure it is
 */
record Column(String title, String figure, Unit unit, String ratioTo) {

    private static Column of(String title, String figure, Unit unit) {
        return new Column(title, figure, unit, "");
    }

    private static Column ratio(String title, String figure, String to) {
        return new Column(title, figure, Unit.TIMES, to);
    }

    /** Returns what is worth showing of a scenario. */
    static List<Column> of(String scenario) {
        if (scenario.startsWith("full-speed")) {
            return List.of(
                    of("CPU per append", "cpuMicros", Unit.MICROS),
                    ratio("of qwen-asr's", "cpuMicros", "qwen-asr"),
                    ratio("of the floor's", "cpuMicros", "floor"),
                    of("of it, GC", "gcMicros", Unit.MICROS),
                    of("allocated per append", "allocated", Unit.BYTES),
                    of("appends per second", "appendsPerSecond", Unit.COUNT),
                    of("lost", "lost", Unit.COUNT));
        } else if (scenario.startsWith("real-time")) {
            return List.of(
                    of("CPU per append", "cpuMicros", Unit.MICROS),
                    ratio("of qwen-asr's", "cpuMicros", "qwen-asr"),
                    of("arrived", "arrivedPercent", Unit.PERCENT),
                    of("to server p50", "toServerP50", Unit.MILLIS),
                    of("p99", "toServerP99", Unit.MILLIS),
                    of("max", "toServerMax", Unit.MILLIS),
                    of("event to client p99", "toClientP99", Unit.MILLIS),
                    of("threads", "threads", Unit.COUNT),
                    of("live heap per session", "heapPerSession", Unit.BYTES),
                    of("RSS growth per session", "offHeapPerSession", Unit.BYTES));
        } else if (scenario.startsWith("stalled")) {
            return List.of(
                    of("appends taken per session", "taken", Unit.COUNT),
                    of("refused", "refused", Unit.COUNT),
                    of("live heap per session", "heapPerSession", Unit.BYTES),
                    of("direct buffers", "directPerSession", Unit.BYTES),
                    of("lost of what was taken", "lostPercent", Unit.PERCENT));
        }
        return switch (scenario) {
            case "file" ->
                List.of(
                        of("time", "millis", Unit.MILLIS),
                        ratio("of qwen-asr's", "millis", "qwen-asr"),
                        of("lost", "lostPercent", Unit.PERCENT));
            case "idle" ->
                List.of(
                        of("sessions", "sessions", Unit.COUNT),
                        of("live heap per session", "heapPerSession", Unit.BYTES),
                        of("RSS growth per session", "offHeapPerSession", Unit.BYTES),
                        of("threads", "threads", Unit.COUNT));
            case "slow" ->
                List.of(
                        of("partials sent", "sent", Unit.COUNT),
                        of("heard", "heard", Unit.COUNT),
                        of("out of order", "outOfOrder", Unit.COUNT),
                        of("Pings answered meanwhile", "pongPercent", Unit.PERCENT),
                        of("slowest Pong", "pongMax", Unit.MILLIS),
                        of("heap growth", "heapGrowth", Unit.BYTES));
            case "jmh" ->
                List.of(
                        of("time", "micros", Unit.MICROS),
                        of("fastest", "minMicros", Unit.MICROS),
                        of("slowest", "maxMicros", Unit.MICROS),
                        of("allocated", "allocated", Unit.BYTES));
            default -> List.of();
        };
    }

    String cell(Results results, String scenario, String jdk, String peer) {
        return (ratioTo.isEmpty()
                        ? results.figure(scenario, jdk, peer, figure)
                        : results.ratio(scenario, jdk, peer, ratioTo, figure))
                .map(spread -> spread.shown(unit))
                .orElse("–");
    }
}
