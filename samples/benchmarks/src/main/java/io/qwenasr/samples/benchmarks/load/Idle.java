package io.qwenasr.samples.benchmarks.load;

import io.qwenasr.samples.benchmarks.peer.Session;
import io.qwenasr.samples.benchmarks.peer.SessionPlan;
import io.qwenasr.samples.benchmarks.sink.Behaviour;
import java.net.URI;
import java.util.Collections;
import java.util.List;

/** {@code sessions} are open and configured, and nobody speaks: what each holds. */
final class Idle implements Scenario {

    private static final int SETTLE_MILLIS = 1_500;

    @Override
    public Figures run(Bench bench, Params params) throws Exception {
        int count = params.number("sessions");
        URI server = bench.server(Behaviour.COUNT);
        Meter.Memory before = Meter.settledMemory();
        List<Session> sessions =
                Opening.all(bench.peer(), Collections.nCopies(count, SessionPlan.pushing(server, new Heard())));
        Thread.sleep(SETTLE_MILLIS);
        Meter.Memory open = Meter.memory();
        long known = bench.stats().get("sessions");
        sessions.forEach(Session::abort);
        return Figures.none()
                .with("sessions", known)
                .with("heapPerSession", Meter.heapGrowth(before, open, count))
                .with("offHeapPerSession", Meter.residentGrowth(before, open, count))
                .with("threads", open.threads() - before.threads());
    }
}
