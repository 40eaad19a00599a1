package io.qwenasr.samples.benchmarks.load;

import io.qwenasr.samples.benchmarks.peer.Audio;
import io.qwenasr.samples.benchmarks.peer.SessionPlan;
import io.qwenasr.samples.benchmarks.sink.Behaviour;
import io.qwenasr.samples.benchmarks.sink.SinkStats;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;

/** A recording of {@code appends} chunks, sent as fast as the client takes it: how long, and what arrives. */
final class WholeFile implements Scenario {

    private static final Duration END = Duration.ofSeconds(90);

    @Override
    public Figures run(Bench bench, Params params) throws Exception {
        ByteBuffer chunk = Audio.chunk(1);
        AtomicLong left = new AtomicLong(params.number("appends"));
        Heard heard = new Heard();
        long start = System.nanoTime();
        bench.peer()
                .open(SessionPlan.pulling(
                        bench.server(Behaviour.COUNT), () -> left.getAndDecrement() > 0 ? chunk : null, heard));
        String end = heard.awaitEnd(END);
        long nanos = System.nanoTime() - start;
        SinkStats arrived = bench.stats();
        return Figures.none()
                .with("millis", nanos / 1e6)
                .with("lostPercent", 100.0 - 100.0 * arrived.get("appends") / params.number("appends"))
                .noting(end);
    }
}
