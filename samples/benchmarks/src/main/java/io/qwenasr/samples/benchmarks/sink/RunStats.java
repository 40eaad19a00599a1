package io.qwenasr.samples.benchmarks.sink;

import java.util.ArrayList;
import java.util.List;

/** What the server saw of one run. Used on the event loop only. */
final class RunStats {

    long sessions;
    long appends;
    long audioBytes;
    long otherMessages;
    long finished;
    long partialsSent;
    long pingsSent;
    long pongs;
    Latencies arrival = new Latencies();
    Latencies pongTimes = new Latencies();
    final List<Long> checksums = new ArrayList<>();
    final List<Runnable> stalled = new ArrayList<>();

    void forgetLatencies() {
        arrival = new Latencies();
        pongTimes = new Latencies();
    }

    void resume() {
        stalled.forEach(Runnable::run);
        stalled.clear();
    }

    String toLines() {
        return "sessions=" + sessions
                + "\nappends=" + appends
                + "\naudioBytes=" + audioBytes
                + "\notherMessages=" + otherMessages
                + "\nfinished=" + finished
                + "\npartialsSent=" + partialsSent
                + "\npingsSent=" + pingsSent
                + "\npongs=" + pongs
                + "\npongMax=" + pongTimes.max()
                + "\nstalled=" + stalled.size()
                + "\narrivals=" + arrival.count()
                + "\narrivalP50=" + arrival.percentile(0.5)
                + "\narrivalP90=" + arrival.percentile(0.9)
                + "\narrivalP99=" + arrival.percentile(0.99)
                + "\narrivalMax=" + arrival.max()
                + "\nchecksum=" + checksums.stream().mapToLong(Long::longValue).reduce(0, (a, b) -> a ^ b)
                + "\n";
    }
}
