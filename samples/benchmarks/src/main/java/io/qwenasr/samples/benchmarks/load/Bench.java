package io.qwenasr.samples.benchmarks.load;

import io.qwenasr.samples.benchmarks.peer.Peer;
import io.qwenasr.samples.benchmarks.sink.Behaviour;
import io.qwenasr.samples.benchmarks.sink.SinkAddress;
import io.qwenasr.samples.benchmarks.sink.SinkStats;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * What a scenario has to work with.
 *
 * @param peer the client
 * @param sink the server
 * @param tls whether over wss
 * @param run the name of this run on the server, unused so far
 */
record Bench(Peer peer, SinkAddress sink, boolean tls, String run) {

    private static final AtomicInteger RUNS = new AtomicInteger();

    static Bench of(Peer peer, SinkAddress sink, boolean tls) {
        return new Bench(peer, sink, tls, ProcessHandle.current().pid() + "-" + RUNS.incrementAndGet());
    }

    URI server(Behaviour behaviour) {
        return sink.session(tls, behaviour, run);
    }

    SinkStats stats() throws IOException {
        return sink.stats(run);
    }

    /** Waits until nothing has arrived at the server for a second, or the time is over. */
    SinkStats statsAtRest(Duration limit) throws IOException, InterruptedException {
        long deadline = System.nanoTime() + limit.toNanos();
        SinkStats before = stats();
        while (true) {
            Thread.sleep(1_000);
            SinkStats now = stats();
            if (now.get("appends") == before.get("appends") || System.nanoTime() > deadline) {
                return now;
            }
            before = now;
        }
    }
}
