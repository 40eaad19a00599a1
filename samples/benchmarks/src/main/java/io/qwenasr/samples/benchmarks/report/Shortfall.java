package io.qwenasr.samples.benchmarks.report;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * A figure in which somebody else is better, or a goal that is missed.
 *
 * @param what in words
 * @param own this library's figure
 * @param better the peer's, or the goal
 */
record Shortfall(String what, String own, String better) {

    private static final String OWN = "qwen-asr";
    private static final String OWN_BENCHMARK = "qwenAsr";
    private static final List<String> PEERS = List.of("webflux", "jdk", "dashscope", "dashscope-plain");
    private static final String JMH = "jmh";

    private static final Set<String> LOWER_IS_BETTER = Set.of(
            "cpuMicros",
            "gcMicros",
            "allocated",
            "lost",
            "toServerP50",
            "toServerP99",
            "toServerMax",
            "toClientP99",
            "threads",
            "heapPerSession",
            "offHeapPerSession",
            "directPerSession",
            "lostPercent",
            "millis",
            "outOfOrder",
            "pongMax",
            "heapGrowth",
            "refused",
            "micros");
    private static final Set<String> HIGHER_IS_BETTER = Set.of("appendsPerSecond", "heard", "pongPercent");

    /** Returns all that the figures of a JDK show, goals first. */
    static List<Shortfall> of(Results results, String jdk) {
        List<Shortfall> all = new ArrayList<>();
        for (Goal goal : Goal.of(results, jdk)) {
            if (!goal.isMet()) {
                all.add(new Shortfall(goal.what(), goal.measured().shown(goal.unit()), goal.limit() + " is the goal"));
            }
        }
        for (String scenario : results.scenarios()) {
            for (String peer : results.peers(scenario, jdk)) {
                String own = scenario.equals(JMH) ? ownBenchmark(results, jdk, peer) : OWN;
                if (scenario.equals(JMH) ? !own.isEmpty() && !own.equals(peer) : PEERS.contains(peer)) {
                    compare(all, results, scenario, jdk, own, peer);
                }
            }
        }
        return all;
    }

    /** Tells with what of this library a benchmark is to be compared; floors and parts with nothing. */
    private static String ownBenchmark(Results results, String jdk, String peer) {
        int dot = peer.indexOf('.');
        String name = peer.substring(dot + 1);
        boolean other = name.startsWith("jackson") || name.startsWith("gson") || name.startsWith("dashScope");
        String prefix = peer.substring(0, dot + 1) + OWN_BENCHMARK;
        return other
                ? results.peers(JMH, jdk).stream()
                        .filter(label -> label.startsWith(prefix))
                        .findFirst()
                        .orElse("")
                : "";
    }

    private static void compare(
            List<Shortfall> all, Results results, String scenario, String jdk, String own, String peer) {
        for (Column column : Column.of(scenario)) {
            boolean lower = LOWER_IS_BETTER.contains(column.figure());
            boolean higher = HIGHER_IS_BETTER.contains(column.figure());
            if (!column.ratioTo().isEmpty() || (!lower && !higher)) {
                continue;
            }
            results.figure(scenario, jdk, own, column.figure())
                    .ifPresent(ours -> results.figure(scenario, jdk, peer, column.figure())
                            .filter(theirs -> isBetter(theirs.median(), ours.median(), lower))
                            .filter(theirs -> !theirs.shown(column.unit()).equals(ours.shown(column.unit())))
                            .ifPresent(theirs -> all.add(new Shortfall(
                                    Titles.of(scenario) + ": " + column.title(),
                                    (scenario.equals(JMH) ? own + " " : "") + ours.shown(column.unit()),
                                    peer + " " + theirs.shown(column.unit()) + losing(results, scenario, jdk, peer)))));
        }
    }

    /** Less than nothing is a figure of threads or memory that went away meanwhile. */
    private static boolean isBetter(double theirs, double ours, boolean lower) {
        return lower ? Math.max(0, theirs) < ours : theirs > ours;
    }

    private static String losing(Results results, String scenario, String jdk, String peer) {
        return results.figure(scenario, jdk, peer, "lostPercent")
                .filter(lost -> lost.median() > 0)
                .map(lost -> ", losing " + Unit.PERCENT.shown(lost.median()))
                .orElse("");
    }
}
