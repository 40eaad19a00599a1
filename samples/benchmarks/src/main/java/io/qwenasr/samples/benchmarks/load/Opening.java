package io.qwenasr.samples.benchmarks.load;

import io.qwenasr.samples.benchmarks.peer.Peer;
import io.qwenasr.samples.benchmarks.peer.Session;
import io.qwenasr.samples.benchmarks.peer.SessionPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Opens many sessions, a few at a time, with threads that are gone afterwards. */
final class Opening {

    private static final int AT_ONCE = 8;

    private Opening() {}

    static List<Session> all(Peer peer, List<SessionPlan> plans) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(AT_ONCE);
        try {
            List<Future<Session>> opening = new ArrayList<>();
            for (SessionPlan plan : plans) {
                opening.add(threads.submit(() -> peer.open(plan)));
            }
            List<Session> sessions = new ArrayList<>();
            for (Future<Session> session : opening) {
                sessions.add(session.get());
            }
            return sessions;
        } finally {
            threads.shutdownNow();
            threads.awaitTermination(5, TimeUnit.SECONDS);
        }
    }
}
