package io.qwenasr.samples.benchmarks.load;

import static io.qwenasr.samples.benchmarks.peer.Peers.CORE;
import static io.qwenasr.samples.benchmarks.peer.Peers.DASHSCOPE;
import static io.qwenasr.samples.benchmarks.peer.Peers.DASHSCOPE_PLAIN;
import static io.qwenasr.samples.benchmarks.peer.Peers.FLOOR;
import static io.qwenasr.samples.benchmarks.peer.Peers.FLOOR_BYTES;
import static io.qwenasr.samples.benchmarks.peer.Peers.JDK;
import static io.qwenasr.samples.benchmarks.peer.Peers.LATEST;
import static io.qwenasr.samples.benchmarks.peer.Peers.OPERATORS;
import static io.qwenasr.samples.benchmarks.peer.Peers.PACER;
import static io.qwenasr.samples.benchmarks.peer.Peers.QWEN_ASR;
import static io.qwenasr.samples.benchmarks.peer.Peers.WEBFLUX;

import io.qwenasr.samples.benchmarks.peer.Peers;
import java.util.ArrayList;
import java.util.List;

/**
 * How much is measured.
 *
 * @param primeMillis a client warms up at full speed for so long
 * @param millis each turn that counts at full speed
 * @param rounds turns of each client at full speed
 * @param realTimeMillis each turn that counts in real time
 * @param realTimeRounds turns of each client in real time
 * @param realTimeSessions numbers of sessions in real time
 * @param idleSessions number of idle sessions
 */
public record Plan(
        int primeMillis,
        int millis,
        int rounds,
        int realTimeMillis,
        int realTimeRounds,
        List<Integer> realTimeSessions,
        int idleSessions) {

    /** A few minutes, for a look. */
    public static final Plan QUICK = new Plan(3_000, 1_500, 3, 4_000, 1, List.of(1_000), 500);

    /** What results are published from. */
    public static final Plan FULL = new Plan(3_000, 2_000, 5, 4_000, 2, List.of(1, 100, 1_000), 1_000);

    private static final int WARM_MILLIS = 1_500;
    private static final int MANY = 1_000;
    private static final int IDLE_ROUNDS = 3;
    private static final int SMALL_HEAP = 512;
    private static final int HEAP = 1_024;
    private static final int LARGE_HEAP = 2_048;

    /** Returns a plan with other numbers of sessions in real time. */
    public Plan withSessions(List<Integer> counts) {
        return new Plan(primeMillis, millis, rounds, realTimeMillis, realTimeRounds, counts, idleSessions);
    }

    /** Returns a plan with so many rounds, where it has rounds. */
    public Plan withRounds(int count) {
        return new Plan(primeMillis, millis, count, realTimeMillis, count, realTimeSessions, idleSessions);
    }

    /** Names of scenarios, for the command line. */
    public static List<String> scenarios() {
        return List.of("full-speed", "full-speed-tls", "file", "real-time", "idle", "stalled", "slow");
    }

    List<Step> steps(List<String> scenarios) {
        List<Step> steps = new ArrayList<>();
        for (String scenario : scenarios) {
            switch (scenario) {
                case "full-speed" ->
                    steps.add(fullSpeed(false, FLOOR_BYTES, FLOOR, CORE, QWEN_ASR, OPERATORS, WEBFLUX, JDK, DASHSCOPE));
                case "full-speed-tls" -> steps.add(fullSpeed(true, FLOOR, QWEN_ASR, WEBFLUX, JDK, DASHSCOPE));
                case "file" -> steps.add(file());
                case "real-time" -> realTimeSessions.forEach(count -> steps.add(realTime(count)));
                case "idle" -> steps.add(idle());
                case "stalled" -> {
                    steps.add(stalled(false, QWEN_ASR, WEBFLUX, JDK, DASHSCOPE_PLAIN));
                    steps.add(stalled(true, QWEN_ASR, WEBFLUX, JDK, DASHSCOPE_PLAIN));
                }
                case "slow" -> steps.add(slow());
                default ->
                    throw new IllegalArgumentException(
                            "no scenario is called '" + scenario + "'; there are " + scenarios());
            }
        }
        return steps;
    }

    private Step fullSpeed(boolean tls, Peers... peers) {
        Params params = Params.of("full-speed").with("tls", tls);
        return new Step(
                tls ? "full-speed-tls" : "full-speed",
                params.with("warmMillis", 300).with("millis", millis),
                List.of(params.with("warmMillis", 0).with("millis", primeMillis)),
                List.of(peers),
                rounds,
                SMALL_HEAP);
    }

    /** Lets the compilers be done with what every scenario runs. */
    private static Params warm() {
        return Params.of("full-speed").with("warmMillis", 0).with("millis", WARM_MILLIS);
    }

    private Step file() {
        Params params = Params.of("file");
        return new Step(
                "file",
                params.with("appends", 20_000),
                List.of(warm()),
                List.of(FLOOR, QWEN_ASR, WEBFLUX, JDK, DASHSCOPE, DASHSCOPE_PLAIN),
                realTimeRounds,
                HEAP);
    }

    private Step realTime(int sessions) {
        Params params = Params.of("real-time");
        return new Step(
                "real-time-" + sessions,
                params.with("sessions", sessions)
                        .with("warmMillis", Math.min(WARM_MILLIS, realTimeMillis))
                        .with("millis", realTimeMillis),
                List.of(
                        warm(),
                        params.with("sessions", Math.min(sessions, 50))
                                .with("warmMillis", 0)
                                .with("millis", Math.min(WARM_MILLIS, primeMillis))),
                sessions < MANY
                        ? List.of(PACER, QWEN_ASR, WEBFLUX, JDK, DASHSCOPE)
                        : List.of(PACER, FLOOR, QWEN_ASR, WEBFLUX, JDK, DASHSCOPE),
                realTimeRounds,
                HEAP);
    }

    private Step idle() {
        Params params = Params.of("idle");
        return new Step(
                "idle",
                params.with("sessions", idleSessions),
                List.of(warm(), params.with("sessions", 100)),
                List.of(QWEN_ASR, WEBFLUX, JDK, DASHSCOPE),
                IDLE_ROUNDS,
                HEAP);
    }

    private static Step stalled(boolean push, Peers... peers) {
        Params params = Params.of("stalled").with("push", push);
        return new Step(
                push ? "stalled-pushed" : "stalled-pulled",
                params.with("sessions", 20).with("appends", 8_000),
                List.of(warm(), params.with("sessions", 2).with("appends", 2_000)),
                List.of(peers),
                1,
                LARGE_HEAP);
    }

    private static Step slow() {
        Params params = Params.of("slow");
        return new Step(
                "slow",
                params.with("millis", 5_200),
                List.of(warm()),
                List.of(QWEN_ASR, LATEST, WEBFLUX, JDK, DASHSCOPE),
                1,
                HEAP);
    }
}
