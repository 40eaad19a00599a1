package io.qwenasr.samples.benchmarks.load;

import io.qwenasr.samples.benchmarks.peer.Audio;
import io.qwenasr.samples.benchmarks.peer.Session;
import io.qwenasr.samples.benchmarks.peer.SessionPlan;
import io.qwenasr.samples.benchmarks.sink.Behaviour;
import io.qwenasr.samples.benchmarks.sink.SinkStats;
import java.net.URI;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;

/**
 * The server stops reading, on {@code sessions} sockets at once, while there is audio for {@code appends} appends a
 * session: how much the client takes, what it holds, and what of it arrives when the server reads on. With
 * {@code push} the audio does not wait to be asked for.
 */
final class Stalled implements Scenario {

    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int SETTLE_MILLIS = 500;

    @Override
    public Figures run(Bench bench, Params params) throws Exception {
        int count = params.number("sessions");
        long most = params.number("appends");
        boolean push = params.flag("push");
        URI server = bench.server(Behaviour.STALL);
        byte[] noise = Audio.noise(1);
        AtomicLong accepted = new AtomicLong();
        AtomicLong refused = new AtomicLong();
        AtomicBoolean stop = new AtomicBoolean();

        Meter.Memory before = Meter.settledMemory();
        List<Heard> heard = Stream.generate(Heard::new).limit(count).toList();
        List<SessionPlan> plans = new ArrayList<>();
        for (Heard one : heard) {
            AtomicLong left = new AtomicLong(most);
            plans.add(
                    push
                            ? SessionPlan.pushing(server, one)
                            : SessionPlan.pulling(
                                    server,
                                    () -> {
                                        if (stop.get() || left.getAndDecrement() <= 0) {
                                            return null;
                                        }
                                        accepted.incrementAndGet();
                                        return fresh(noise);
                                    },
                                    one));
        }
        List<Session> sessions = Opening.all(bench.peer(), plans);
        if (push) {
            push(sessions, noise, most, accepted, refused);
        } else {
            untilNothingIsAsked(accepted);
        }
        Meter.Memory held = Meter.memory();
        long kept = accepted.get();
        stop.set(true);
        bench.sink().resume(bench.run());
        sessions.forEach(Session::finish);
        SinkStats stats = bench.statsAtRest(LIMIT);
        String end = heard.get(0).awaitEnd(LIMIT);
        if (end.isEmpty()) {
            stats = bench.stats(); // all of it is there by now, however long that took
        }
        sessions.forEach(Session::abort);
        long taken = accepted.get();
        return Figures.none()
                .with("taken", (double) kept / count)
                .with("refused", (double) refused.get() / count)
                .with("heapPerSession", (double) (held.heap() - before.heap()) / count)
                .with("directPerSession", (double) (held.direct() - before.direct()) / count)
                .with("lostPercent", 100.0 * (taken - stats.get("appends")) / taken)
                .noting(end);
    }

    /** As from a microphone, whose every chunk is another one: what is held is held in full. */
    private static ByteBuffer fresh(byte[] noise) {
        return ByteBuffer.wrap(noise.clone());
    }

    private static void push(List<Session> sessions, byte[] noise, long most, AtomicLong accepted, AtomicLong refused)
            throws InterruptedException {
        for (long i = 0; i < most; i++) {
            for (Session session : sessions) {
                (session.offer(fresh(noise)) ? accepted : refused).incrementAndGet();
            }
        }
        Thread.sleep(SETTLE_MILLIS);
    }

    private static void untilNothingIsAsked(AtomicLong accepted) throws InterruptedException {
        long before;
        long deadline = System.nanoTime() + LIMIT.toNanos();
        do {
            before = accepted.get();
            Thread.sleep(SETTLE_MILLIS);
        } while ((before == 0 || accepted.get() != before) && System.nanoTime() < deadline);
    }
}
