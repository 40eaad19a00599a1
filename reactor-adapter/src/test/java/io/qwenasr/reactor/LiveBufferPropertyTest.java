package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Exceptions;
import reactor.core.publisher.BaseSubscriber;

/** Nothing is lost untold, whatever is cut where and whoever comes first. */
class LiveBufferPropertyTest {

    private static final int ROUNDS = 1_000;
    private static final List<OverflowPolicy> POLICIES = List.of(OverflowPolicy.values());

    private final ExecutorService threads = Executors.newCachedThreadPool();

    @AfterEach
    void stop() {
        threads.shutdownNow();
    }

    /** One stream through a buffer, and what is known of it. */
    private static final class Stream extends BaseSubscriber<AudioSignal> {
        private final String name;
        private final AudioFormat format;
        private final OverflowPolicy policy;
        private final int capacity;
        private final LiveSource source;
        private final List<AudioSignal> seen = new ArrayList<>();
        private final AtomicBoolean emitting = new AtomicBoolean();
        private final AtomicInteger discarded = new AtomicInteger();
        private int emitted;
        private long open;
        private volatile boolean completed;
        private volatile Throwable error;

        Stream(Random random, String name) {
            this.name = name;
            this.format = random.nextBoolean() ? AudioFormat.PCM_8K : AudioFormat.PCM_16K;
            this.policy = POLICIES.get(random.nextInt(3));
            this.capacity = 1 + random.nextInt(40);
            this.source = new LiveSource(format, new Random(random.nextLong()), 1 + random.nextInt(60));
            buffer().apply(source)
                    .doOnDiscard(
                            AudioSignal.Chunk.class,
                            chunk -> discarded.addAndGet(chunk.audio().remaining() / 2))
                    .subscribe(this);
            assertThat(source.requested()).isEqualTo(Long.MAX_VALUE);
        }

        private LiveBuffer buffer() {
            Duration length = format.durationOf(2L * capacity);
            return switch (policy) {
                case DROP_OLDEST -> LiveBuffer.dropOldest(length, format);
                case DROP_NEWEST -> LiveBuffer.dropNewest(length, format);
                case FAIL -> LiveBuffer.fail(length, format);
            };
        }

        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        void ask(long n) {
            open += n;
            request(n);
        }

        @Override
        protected void hookOnNext(AudioSignal signal) {
            assertThat(emitting.compareAndSet(false, true)).as(name).isTrue();
            seen.add(Signals.own(signal));
            open--;
            if (signal instanceof AudioSignal.Chunk chunk) {
                emitted += chunk.audio().remaining() / 2;
            }
            emitting.set(false);
        }

        @Override
        protected void hookOnComplete() {
            completed = true;
        }

        @Override
        protected void hookOnError(Throwable cause) {
            error = cause;
        }

        void verifyToTheEnd() {
            int position = source.verify(seen, name);
            if (error == null) {
                assertThat(completed).as(name).isTrue();
                assertThat(position).as(name).isEqualTo(source.position());
            } else {
                assertThat(policy).as(name).isEqualTo(OverflowPolicy.FAIL);
                assertThat(error).as(name).matches(Exceptions::isOverflow);
                assertThat(source.isCancelled()).as(name).isTrue();
            }
        }
    }

    private static Random random() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        return new Random(seed);
    }

    @Test
    void noMoreIsLostThanMustBe() {
        Random random = random();
        for (int round = 0; round < ROUNDS; round++) {
            Stream stream = new Stream(random, "round " + round);
            for (int i = 0; i < 100 && !stream.source.isCancelled(); i++) {
                if (random.nextInt(4) == 0) {
                    stream.ask(1 + random.nextInt(6));
                } else {
                    int before = stream.source.position();
                    int waiting = waiting(stream);
                    int lost = stream.discarded.get();
                    boolean asked = stream.open > 0;
                    stream.source.emitAudio(random.nextInt(stream.capacity * 2));
                    int arrived = stream.source.position() - before;
                    int tooMuch = asked ? 0 : Math.max(0, waiting + arrived - stream.capacity);
                    assertThat(stream.discarded.get() - lost).as(stream.name).isEqualTo(tooMuch);
                }
            }
            stream.source.complete();
            stream.ask(Long.MAX_VALUE);
            stream.verifyToTheEnd();
        }
    }

    private static int waiting(Stream stream) {
        return stream.source.position() - stream.emitted - stream.discarded.get();
    }

    @Test
    void everythingOfferedIsToldInOrder() {
        Random random = random();
        for (int round = 0; round < ROUNDS; round++) {
            Stream stream = new Stream(random, "round " + round);
            for (int i = 0; i < 100 && !stream.source.isCancelled(); i++) {
                if (random.nextInt(5) == 0) {
                    stream.ask(1 + random.nextInt(6));
                } else {
                    stream.source.emitAny();
                }
            }
            stream.source.complete();
            stream.ask(Long.MAX_VALUE);
            stream.verifyToTheEnd();
        }
    }

    @Test
    void whatIsKeptIsExactlyTheCapacity() {
        Random random = random();
        for (int round = 0; round < ROUNDS; round++) {
            Stream stream = new Stream(random, "round " + round);
            while (stream.source.position() < 100 && !stream.source.isCancelled()) {
                stream.source.emitAudio(random.nextInt(60));
            }
            stream.source.complete();
            stream.ask(Long.MAX_VALUE);
            stream.verifyToTheEnd();
            assertThat(stream.emitted).as(stream.name).isEqualTo(stream.capacity);
            AudioSignal.Gap gap =
                    new AudioSignal.Gap(stream.format.durationOf(2L * (stream.source.position() - stream.capacity)));
            switch (stream.policy) {
                case DROP_OLDEST -> assertThat(stream.seen).as(stream.name).startsWith(gap);
                case DROP_NEWEST -> assertThat(stream.seen).as(stream.name).endsWith(gap);
                case FAIL ->
                    assertThat(stream.seen).as(stream.name).doesNotHaveAnyElementsOfTypes(AudioSignal.Gap.class);
            }
        }
    }

    @Test
    void sourceAndSubscriberMayCoincide() throws Exception {
        Random random = random();
        for (int round = 0; round < ROUNDS; round++) {
            Stream stream = new Stream(random, "round " + round);
            int signals = 50 + random.nextInt(100);
            Future<?> live = threads.submit(() -> {
                for (int i = 0; i < signals && !stream.source.isCancelled(); i++) {
                    stream.source.emitAny();
                }
                stream.source.complete();
            });
            while (!live.isDone()) {
                stream.request(1 + random.nextInt(3));
                Thread.onSpinWait();
            }
            live.get(60, TimeUnit.SECONDS);
            stream.request(Long.MAX_VALUE);
            stream.verifyToTheEnd();
        }
    }

    @Test
    void cancellingLeavesNothingBehind() throws Exception {
        Random random = random();
        for (int round = 0; round < ROUNDS; round++) {
            Stream stream = new Stream(random, "round " + round);
            Future<?> live = threads.submit(() -> {
                for (int i = 0; i < 50; i++) {
                    stream.source.emitAudio(2 * (i % 7));
                }
            });
            for (int asked = random.nextInt(30); asked > 0; asked--) {
                stream.request(1);
            }
            stream.cancel();
            assertThat(stream.source.isCancelled()).as(stream.name).isTrue();
            live.get(60, TimeUnit.SECONDS);
            assertThat(stream.emitted + stream.discarded.get())
                    .as("%s: each sample was emitted or discarded", stream.name)
                    .isEqualTo(stream.source.position());
        }
    }
}
