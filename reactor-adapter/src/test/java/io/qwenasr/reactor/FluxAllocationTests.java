package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.netty.util.ResourceLeakDetector;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;

/** What an append may allocate from a {@code Flux} to a real socket; counted on the event loop, which does it all. */
class FluxAllocationTests {

    /** Twice the 103 bytes that it takes. */
    private static final double BOUND = 206;

    private static final int WARM = 20_000;
    private static final int ROUND = 5_000;
    private static final int ROUNDS = 5;

    private final StubServer server = new StubServer(session -> {});
    private ResourceLeakDetector.Level level = ResourceLeakDetector.getLevel();

    @BeforeEach
    void trackNoLeaks() {
        level = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }

    @AfterEach
    void stop() {
        ResourceLeakDetector.setLevel(level);
        server.close();
    }

    /** Gives the same chunk again and again, and tells what its thread allocated meanwhile. */
    private static final class Source {

        final CompletableFuture<Double> leastPerAppend = new CompletableFuture<>();
        private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        private final ByteBuffer chunk = ByteBuffer.allocate(3_200);
        private final int end = WARM + ROUNDS * ROUND;
        private int given;
        private long thread;
        private long before;
        private double least = Double.MAX_VALUE;

        Flux<ByteBuffer> audio() {
            return Flux.generate(out -> {
                if (given >= WARM && (given - WARM) % ROUND == 0) {
                    mark();
                }
                given++;
                out.next(chunk);
            });
        }

        private void mark() {
            long now = threads.getCurrentThreadAllocatedBytes();
            if (given == WARM) {
                thread = Thread.currentThread().getId();
            } else if (thread != Thread.currentThread().getId()) {
                leastPerAppend.completeExceptionally(new AssertionError("the thread changed"));
            } else {
                least = Math.min(least, (now - before) / (double) ROUND);
            }
            if (given == end) {
                leastPerAppend.complete(least);
            }
            before = threads.getCurrentThreadAllocatedBytes();
        }
    }

    @Test
    void anAppendStaysWithinItsBoundsFromTheFluxToTheSocket() throws Exception {
        Source source = new Source();
        Disposable session = QwenAsrClient.builder(server.endpoint())
                .build()
                .transcribe(source.audio())
                .subscribe(event -> {}, source.leastPerAppend::completeExceptionally);
        double bytes = source.leastPerAppend.get(60, TimeUnit.SECONDS);
        session.dispose();
        System.out.printf("append, Flux to socket: %.1f bytes%n", bytes);
        assertThat(bytes).isLessThanOrEqualTo(BOUND);
    }
}
