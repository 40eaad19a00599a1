package io.qwenasr.samples.benchmarks.load;

import io.qwenasr.samples.benchmarks.peer.Session;
import io.qwenasr.samples.benchmarks.peer.SessionPlan;
import io.qwenasr.samples.benchmarks.sink.Behaviour;
import io.qwenasr.samples.benchmarks.sink.Latencies;
import io.qwenasr.samples.benchmarks.sink.SinkStats;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * {@code sessions} speak in real time and hear a partial for each append: {@code warmMillis}, then {@code millis}
 * that count, and longer if nothing has come to either side in them.
 *
 * <p>Latency to the server is from when the audio was due to when the server has found it in its bytes; latency to
 * the client from when the server wrote the partial to when the listener has it, decoded. Both processes read
 * {@code System.nanoTime()}, which on Linux is one clock, CLOCK_MONOTONIC, for all of them.
 */
final class RealTime implements Scenario {

    private static final int PACER_THREADS = 1;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Override
    public Figures run(Bench bench, Params params) throws Exception {
        int count = params.number("sessions");
        URI server = bench.server(Behaviour.ECHO);
        Meter.Memory before = Meter.settledMemory();
        EventTimes times = new EventTimes();
        List<Heard> heard = Stream.generate(() -> times.listener()).limit(count).toList();
        List<Session> sessions = Opening.all(
                bench.peer(),
                heard.stream().map(one -> SessionPlan.pushing(server, one)).toList());

        Figures figures = Figures.none();
        Pacer pacer = new Pacer(sessions);
        try (pacer) {
            Thread.sleep(params.number("warmMillis"));
            bench.sink().forget(bench.run());
            times.forget();
            Meter.Moment start = Meter.now();
            long offered = pacer.offered();
            long refused = pacer.refused();
            Thread.sleep(params.number("millis"));
            SinkStats stats = bench.stats();
            long limit = System.nanoTime() + LIMIT.toNanos();
            while (bench.peer().isClient()
                    && (stats.get("arrivals") == 0 || times.isEmpty())
                    && System.nanoTime() - limit < 0) {
                Thread.sleep(10);
                stats = bench.stats();
            }
            offered = pacer.offered() - offered;
            refused = pacer.refused() - refused;
            Meter.Moment used = Meter.now().since(start);
            Latencies events = times.soFar();
            Meter.Memory active = Meter.memory();
            figures.with("cpuMicros", (used.cpu() - used.compilers()) / 1e3 / offered)
                    .with("gcMicros", used.collectors() / 1e3 / offered)
                    .with("allocated", (double) used.allocated() / offered)
                    .with("offered", offered)
                    .with("refused", refused)
                    .with("arrivedPercent", 100.0 * stats.get("arrivals") / offered)
                    .with("toServerP50", stats.get("arrivalP50") / 1e6)
                    .with("toServerP99", stats.get("arrivalP99") / 1e6)
                    .with("toServerMax", stats.get("arrivalMax") / 1e6)
                    .with("toClientP50", events.percentile(0.5) / 1e6)
                    .with("toClientP99", events.percentile(0.99) / 1e6)
                    .with("threads", active.threads() - before.threads() - PACER_THREADS)
                    .with("heapPerSession", Meter.heapGrowth(before, active, count))
                    .with("offHeapPerSession", Meter.residentGrowth(before, active, count));
        }
        sessions.forEach(Session::finish);
        List<String> ends = new ArrayList<>();
        long deadline = System.nanoTime() + LIMIT.toNanos();
        for (Heard one : heard) {
            ends.add(one.awaitEnd(Duration.ofNanos(deadline - System.nanoTime())));
        }
        sessions.forEach(Session::abort);
        if (bench.peer().isClient()) {
            figures.with(
                    "lost", pacer.offered() - pacer.refused() - bench.stats().get("appends"));
        }
        long bad = ends.stream().filter(end -> !end.isEmpty()).count();
        return bad == 0
                ? figures
                : figures.noting(bad + " sessions did not finish, such as: "
                        + ends.stream()
                                .filter(end -> !end.isEmpty())
                                .findFirst()
                                .orElse(""));
    }

    /** Takes the partials of all sessions. */
    private static final class EventTimes {

        private Latencies latencies = new Latencies();

        Heard listener() {
            return new Heard() {
                @Override
                public void onPartial(String text) {
                    record(System.nanoTime() - Long.parseLong(text));
                }
            };
        }

        private synchronized void record(long nanos) {
            latencies.record(nanos);
        }

        synchronized boolean isEmpty() {
            return latencies.count() == 0;
        }

        synchronized void forget() {
            latencies = new Latencies();
        }

        synchronized Latencies soFar() {
            Latencies now = latencies;
            latencies = new Latencies();
            return now;
        }
    }
}
