package io.qwenasr.samples.benchmarks.load;

import io.qwenasr.samples.benchmarks.peer.Audio;
import io.qwenasr.samples.benchmarks.peer.Session;
import io.qwenasr.samples.benchmarks.peer.SessionPlan;
import io.qwenasr.samples.benchmarks.sink.Behaviour;
import io.qwenasr.samples.benchmarks.sink.SinkStats;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The server sends 2,000 partials a second for 5 s at most, and Pings, while the listener takes 5 ms for each:
 * {@code millis} after the first one, what is held, and whether Pings are answered meanwhile.
 */
final class SlowSubscriber implements Scenario {

    private static final int EACH_MILLIS = 5;
    private static final Duration LIMIT = Duration.ofSeconds(30);

    @Override
    public Figures run(Bench bench, Params params) throws Exception {
        Meter.Memory before = Meter.memory();
        Slow slow = new Slow();
        Session session = bench.peer()
                .open(SessionPlan.pushing(bench.server(Behaviour.FLOOD), slow).slowly());
        session.offer(Audio.chunk(1));
        slow.awaitFirst(LIMIT);
        Thread.sleep(params.number("millis"));
        Meter.Memory held = Meter.memory();
        SinkStats meanwhile = bench.stats();
        slow.hurry = true;
        session.finish();
        String end = slow.awaitEnd(LIMIT);
        SinkStats stats = bench.stats();
        session.abort();
        long sent = stats.get("partialsSent");
        return Figures.none()
                .with("sent", sent)
                .with("heard", slow.heard)
                .with("outOfOrder", slow.outOfOrder)
                .with("lastHeard", slow.last == sent ? 1 : 0)
                .with("pongPercent", 100.0 * meanwhile.get("pongs") / meanwhile.get("pingsSent"))
                .with("pongMax", stats.get("pongMax") / 1e6)
                .with("heapGrowth", held.heap() - before.heap())
                .noting(end);
    }

    private static final class Slow extends Heard {

        private final CountDownLatch first = new CountDownLatch(1);
        private volatile boolean hurry;
        private volatile long heard;
        private volatile long outOfOrder;
        private volatile long last;

        void awaitFirst(Duration limit) throws InterruptedException {
            if (!first.await(limit.toMillis(), TimeUnit.MILLISECONDS)) {
                throw new IllegalStateException("no partial within " + limit.toSeconds() + " s");
            }
        }

        @Override
        @SuppressWarnings("NonAtomicVolatileUpdate") // Called by one thread at a time.
        public void onPartial(String text) {
            long number = Long.parseLong(text);
            if (number <= last) {
                outOfOrder++;
            }
            last = number;
            heard++;
            first.countDown();
            if (!hurry) {
                try {
                    Thread.sleep(EACH_MILLIS);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }
}
