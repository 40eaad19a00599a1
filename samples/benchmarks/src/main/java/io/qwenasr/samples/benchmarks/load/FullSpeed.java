package io.qwenasr.samples.benchmarks.load;

import io.qwenasr.samples.benchmarks.peer.Audio;
import io.qwenasr.samples.benchmarks.peer.PcmSource;
import io.qwenasr.samples.benchmarks.peer.SessionPlan;
import io.qwenasr.samples.benchmarks.sink.Behaviour;
import io.qwenasr.samples.benchmarks.sink.SinkStats;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * One session that pulls audio as fast as it can send it: {@code warmMillis}, then {@code millis} that count,
 * and longer if nothing was sent in them.
 */
final class FullSpeed implements Scenario {

    private static final Duration END = Duration.ofSeconds(60);

    @Override
    public Figures run(Bench bench, Params params) throws Exception {
        Endless audio = new Endless();
        Heard heard = new Heard();
        bench.peer().open(SessionPlan.pulling(bench.server(Behaviour.COUNT), audio, heard));
        Thread.sleep(params.number("warmMillis"));

        Meter.Moment start = Meter.now();
        long from = audio.pulled.get();
        Thread.sleep(params.number("millis"));
        long deadline = System.nanoTime() + END.toNanos();
        while (audio.pulled.get() == from && System.nanoTime() - deadline < 0) {
            Thread.sleep(1);
        }
        long pulled = audio.pulled.get() - from;
        Meter.Moment used = Meter.now().since(start);

        audio.stop = true;
        String end = heard.awaitEnd(END);
        SinkStats arrived = bench.stats();
        return Figures.none()
                .with("cpuMicros", (used.cpu() - used.compilers()) / 1e3 / pulled)
                .with("gcMicros", used.collectors() / 1e3 / pulled)
                .with("jitMillis", used.compilers() / 1e6)
                .with("allocated", (double) used.allocated() / pulled)
                .with("appendsPerSecond", pulled * 1e9 / used.nanos())
                .with("audioMegabytesPerSecond", pulled * Audio.APPEND_BYTES * 1e3 / used.nanos())
                .with("sent", audio.pulled.get())
                .with("lost", audio.pulled.get() - arrived.get("appends"))
                .with("wrongBytes", arrived.get("appends") * Audio.APPEND_BYTES - arrived.get("audioBytes"))
                .noting(end);
    }

    /** The same chunk again and again, so that the harness allocates nothing. */
    private static final class Endless implements PcmSource {

        private final ByteBuffer chunk = Audio.chunk(1);
        private final AtomicLong pulled = new AtomicLong();
        private volatile boolean stop;

        @Override
        public @Nullable ByteBuffer next() {
            if (stop) {
                return null;
            }
            pulled.lazySet(pulled.getPlain() + 1);
            return chunk;
        }
    }
}
