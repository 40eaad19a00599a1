package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

class PacingTest {

    private static final int CHUNK = 3_200;
    private static final Duration BOUND = Duration.ofSeconds(30);

    @Test
    void leadGoesAtOnceThenThePaceIsKeptToTheEnd() {
        StepVerifier.withVirtualTime(() -> Pacing.realTime().apply(chunks(5), AudioFormat.PCM_16K))
                .expectSubscription()
                .expectNextCount(2)
                .expectNoEvent(Duration.ofMillis(100))
                .expectNextCount(1)
                .expectNoEvent(Duration.ofMillis(100))
                .expectNextCount(1)
                .expectNoEvent(Duration.ofMillis(100))
                .expectNextCount(1)
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void withoutLeadAChunkComesWhenItWouldHaveBeenSpoken() {
        StepVerifier.withVirtualTime(
                        () -> Pacing.realTime().withLead(Duration.ZERO).apply(chunks(2), AudioFormat.PCM_16K))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(100))
                .expectNextCount(1)
                .expectNoEvent(Duration.ofMillis(100))
                .expectNextCount(1)
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void speedAndFormatScaleThePace() {
        assertThat(releaseTimes(Pacing.realTime(4).withLead(Duration.ZERO), AudioFormat.PCM_16K))
                .containsExactly(25L, 50L, 75L);
        assertThat(releaseTimes(Pacing.realTime(0.5).withLead(Duration.ZERO), AudioFormat.PCM_16K))
                .containsExactly(200L, 400L, 600L);
        assertThat(releaseTimes(Pacing.realTime(2).withLead(Duration.ofMillis(150)), AudioFormat.PCM_16K))
                .containsExactly(0L, 25L, 75L);
        assertThat(releaseTimes(Pacing.realTime().withLead(Duration.ZERO), AudioFormat.PCM_8K))
                .containsExactly(200L, 400L, 600L);
    }

    @Test
    void chunkLongerThanTheLeadWaitsForTheRest() {
        Flux<ByteBuffer> second = Flux.just(ByteBuffer.allocate(10 * CHUNK));
        StepVerifier.withVirtualTime(() -> Pacing.realTime().apply(second, AudioFormat.PCM_16K))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(800))
                .expectNextCount(1)
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void splitSamplesCountTheirTime() {
        Flux<ByteBuffer> bytes = Flux.range(0, CHUNK).map(i -> ByteBuffer.allocate(1));
        StepVerifier.withVirtualTime(
                        () -> Pacing.realTime().withLead(Duration.ZERO).apply(bytes, AudioFormat.PCM_16K))
                .expectSubscription()
                .thenAwait(Duration.ofMillis(50))
                .expectNextCount(CHUNK / 2)
                .expectNoEvent(Duration.ofNanos(31_249))
                .thenAwait(Duration.ofMillis(50))
                .expectNextCount(CHUNK / 2)
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void stallOfTheSubscriberEarnsNoMoreThanTheLead() {
        StepVerifier.withVirtualTime(() -> Pacing.realTime().apply(chunks(100), AudioFormat.PCM_16K), 0)
                .expectSubscription()
                .thenRequest(1)
                .expectNextCount(1)
                .thenAwait(Duration.ofSeconds(60))
                .thenRequest(100)
                .expectNextCount(2)
                .expectNoEvent(Duration.ofMillis(100))
                .expectNextCount(1)
                .expectNoEvent(Duration.ofMillis(100))
                .thenCancel()
                .verify(BOUND);
    }

    @Test
    void boundaryFollowsItsAudioAtOnce() {
        AudioSignal first = AudioSignal.chunk(ByteBuffer.allocate(CHUNK));
        AudioSignal second = AudioSignal.chunk(ByteBuffer.allocate(CHUNK));
        Flux<AudioSignal> signals =
                Flux.just(first, AudioSignal.commit(), AudioSignal.clear(), second, AudioSignal.commit());
        StepVerifier.withVirtualTime(
                        () -> Pacing.realTime().withLead(Duration.ZERO).apply(signals, AudioFormat.PCM_16K))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(100))
                .expectNext(first, AudioSignal.commit(), AudioSignal.clear())
                .expectNoEvent(Duration.ofMillis(100))
                .expectNext(second, AudioSignal.commit())
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void errorComesAfterTheAudioBeforeIt() {
        Flux<ByteBuffer> broken = chunks(1).concatWith(Mono.error(new IllegalStateException("broken")));
        StepVerifier.withVirtualTime(
                        () -> Pacing.realTime().withLead(Duration.ZERO).apply(broken, AudioFormat.PCM_16K))
                .expectSubscription()
                .expectNoEvent(Duration.ofMillis(100))
                .expectNextCount(1)
                .expectErrorMessage("broken")
                .verify(BOUND);
    }

    @Test
    void errorOfASourceThatOverlapsAHeldChunkWaitsForIt() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        TestPublisher<ByteBuffer> source = TestPublisher.create();
        Flux<ByteBuffer> paced =
                Pacing.realTime().withLead(Duration.ZERO).apply(source.flux(), AudioFormat.PCM_16K, time);
        List<String> seen = new ArrayList<>();
        paced.subscribe(chunk -> seen.add("chunk"), error -> seen.add(error.getMessage()));
        source.next(ByteBuffer.allocate(CHUNK)).error(new IllegalStateException("broken"));
        assertThat(seen).isEmpty();
        time.advanceTimeBy(Duration.ofMillis(100));
        assertThat(seen).containsExactly("chunk", "broken");
        time.dispose();
    }

    @Test
    void nothingIsRequestedThatWasNotRequestedHere() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        AtomicLong requested = new AtomicLong();
        Flux<ByteBuffer> source = chunks(100).hide().doOnRequest(requested::addAndGet);
        List<ByteBuffer> seen = new ArrayList<>();
        BaseSubscriber<ByteBuffer> subscriber = collecting(seen);
        Pacing.realTime().apply(source, AudioFormat.PCM_16K, time).subscribe(subscriber);

        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(requested).hasValue(0);
        subscriber.request(1);
        assertThat(requested).hasValue(1);
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(requested).hasValue(1);
        subscriber.request(4);
        assertThat(requested).as("two at once, one waits").hasValue(4);
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(requested).hasValue(5);
        assertThat(seen).hasSize(5);
        time.dispose();
    }

    @Test
    void cancelCancelsTheSourceAndDropsTheHeldChunk() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        TestPublisher<ByteBuffer> source = TestPublisher.create();
        List<ByteBuffer> seen = new ArrayList<>();
        List<Object> discarded = new ArrayList<>();
        BaseSubscriber<ByteBuffer> subscriber = collecting(seen);
        Pacing.realTime()
                .withLead(Duration.ZERO)
                .apply(source.flux(), AudioFormat.PCM_16K, time)
                .doOnDiscard(ByteBuffer.class, discarded::add)
                .subscribe(subscriber);
        subscriber.request(2);
        source.next(ByteBuffer.allocate(CHUNK));
        subscriber.cancel();
        source.assertCancelled();
        assertThat(discarded).hasSize(1);
        time.advanceTimeBy(Duration.ofSeconds(10));
        assertThat(seen).isEmpty();
        time.dispose();
    }

    @Test
    void cancelLeavesNoTimerBehind() {
        ScheduledThreadPoolExecutor timers = new ScheduledThreadPoolExecutor(1);
        timers.setRemoveOnCancelPolicy(true);
        try {
            Disposable subscription = Pacing.realTime(0.01)
                    .withLead(Duration.ZERO)
                    .apply(chunks(2), AudioFormat.PCM_16K, Schedulers.fromExecutorService(timers))
                    .subscribe();
            assertThat(timers.getQueue()).hasSize(1);
            subscription.dispose();
            assertThat(timers.getQueue()).isEmpty();
        } finally {
            timers.shutdownNow();
        }
    }

    @Test
    void waitingChunkIsACopyAndAnotherIsNot() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        Sinks.Many<ByteBuffer> source = Sinks.many().unicast().onBackpressureBuffer();
        List<ByteBuffer> seen = new ArrayList<>();
        Pacing.realTime()
                .withLead(Duration.ofMillis(100))
                .apply(source.asFlux(), AudioFormat.PCM_16K, time)
                .subscribe(seen::add);
        ByteBuffer reused = ByteBuffer.allocateDirect(CHUNK + 2)
                .put(1, (byte) 1)
                .position(1)
                .limit(CHUNK + 1);
        source.tryEmitNext(reused).orThrow();
        assertThat(seen.get(0)).isSameAs(reused);

        source.tryEmitNext(reused).orThrow();
        assertThat(reused.position()).isEqualTo(1);
        reused.put(1, (byte) 99);
        time.advanceTimeBy(Duration.ofMillis(100));
        assertThat(seen.get(1).remaining()).isEqualTo(CHUNK);
        assertThat(seen.get(1).get(0)).isEqualTo((byte) 1);
        time.dispose();
    }

    @Test
    void sourceThatIgnoresDemandIsAnErrorNotALoss() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        TestPublisher<ByteBuffer> source = TestPublisher.createNoncompliant(TestPublisher.Violation.REQUEST_OVERFLOW);
        StepVerifier.create(Pacing.realTime().withLead(Duration.ZERO).apply(source.flux(), AudioFormat.PCM_16K, time))
                .then(() -> source.next(ByteBuffer.allocate(CHUNK)).next(ByteBuffer.allocate(CHUNK)))
                .then(() -> time.advanceTimeBy(Duration.ofSeconds(1)))
                .expectNextCount(1)
                .expectErrorMessage("the audio source emitted more than was requested")
                .verify(BOUND);
        source.assertCancelled();
        time.dispose();
    }

    @Test
    void schedulerThatWasShutDownIsAnError() {
        Scheduler scheduler = Schedulers.newSingle("shut");
        Flux<ByteBuffer> paced =
                Pacing.realTime().withLead(Duration.ZERO).apply(chunks(2), AudioFormat.PCM_16K, scheduler);
        scheduler.dispose();
        StepVerifier.create(paced).expectError(RejectedExecutionException.class).verify(BOUND);
    }

    @Test
    void noPacingIsTheSourceItself() {
        Flux<ByteBuffer> audio = chunks(3);
        AudioFormat opus = new AudioFormat(AudioFormat.Encoding.OPUS, 16_000);
        assertThat(Pacing.none().withLead(Duration.ZERO).apply(audio, opus)).isSameAs(audio);
        assertThatIllegalArgumentException().isThrownBy(() -> Pacing.realTime().apply(audio, opus));
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, -1, 0.009, 1_001, Double.NaN, Double.POSITIVE_INFINITY})
    void speedOutOfRangeIsRefused(double speed) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> Pacing.realTime(speed))
                .withMessageContaining("0.01 to 1000");
    }

    @Test
    void leadOutOfRangeIsRefused() {
        for (Duration lead :
                List.of(Duration.ofNanos(-1), Duration.ofHours(1).plusNanos(1), Duration.ofDays(1_000_000))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> Pacing.realTime().withLead(lead))
                    .withMessageContaining("zero to one hour");
        }
    }

    /** Random chunks, stalls of source and subscriber, speeds and leads, against the contract as it is written. */
    @Test
    void contractHoldsUnderStalls() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 200; round++) {
            checkRound(random, "seed " + seed + ", round " + round);
        }
    }

    private static void checkRound(Random random, String name) {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        double speed = new double[] {0.5, 1, 1, 1.7, 10}[random.nextInt(5)];
        long lead = TimeUnit.MILLISECONDS.toNanos(new int[] {0, 100, 200, 1_000}[random.nextInt(4)]);
        int[] sizes = IntStream.range(0, 60)
                .map(i -> random.nextInt(8) == 0 ? random.nextInt(40_000) : random.nextInt(5_000))
                .toArray();
        List<Long> arrivals = new ArrayList<>();
        List<Long> releases = new ArrayList<>();
        AtomicLong requestedHere = new AtomicLong();
        AtomicLong requestedUpstream = new AtomicLong();
        Flux<ByteBuffer> source = Flux.range(0, sizes.length)
                .concatMap(
                        i -> random.nextInt(5) > 0
                                ? Mono.just(i)
                                : Mono.just(i).delayElement(Duration.ofMillis(random.nextInt(1_500)), time),
                        0)
                .map(i -> ByteBuffer.allocate(sizes[i]))
                .doOnNext(chunk -> arrivals.add(time.now(TimeUnit.NANOSECONDS)))
                .doOnRequest(n ->
                        assertThat(requestedUpstream.addAndGet(n)).as(name).isLessThanOrEqualTo(requestedHere.get()));
        boolean[] completed = {false};
        BaseSubscriber<ByteBuffer> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {}

            @Override
            protected void hookOnNext(ByteBuffer chunk) {
                assertThat(chunk.remaining()).as(name).isEqualTo(sizes[releases.size()]);
                releases.add(time.now(TimeUnit.NANOSECONDS));
            }

            @Override
            protected void hookOnComplete() {
                completed[0] = true;
            }
        };
        Pacing.realTime(speed)
                .withLead(Duration.ofNanos(lead))
                .apply(source, AudioFormat.PCM_16K, time)
                .subscribe(subscriber);
        for (int step = 0; !completed[0]; step++) {
            assertThat(step).as("%s: steps to the end", name).isLessThan(10_000);
            int n = random.nextInt(6);
            if (n > 0) {
                requestedHere.addAndGet(n);
                subscriber.request(n);
            }
            time.advanceTimeBy(Duration.ofMillis(random.nextInt(4) == 0 ? random.nextInt(3_000) : random.nextInt(100)));
        }
        time.dispose();

        double[] nanos =
                IntStream.of(sizes).mapToDouble(bytes -> bytes / 32_000.0 * 1e9).toArray();
        double tolerance = 3 * speed;
        for (int last = 0; last < sizes.length; last++) {
            double audio = 0;
            boolean tight = releases.get(last).equals(arrivals.get(last));
            for (int first = last; first >= 0; first--) {
                audio += nanos[first];
                double span = releases.get(last) - releases.get(first);
                assertThat(audio)
                        .as("%s: chunks %d to %d", name, first, last)
                        .isLessThanOrEqualTo(span * speed + Math.max((double) lead, nanos[first]) + tolerance);
                double sinceArrival = releases.get(last) - arrivals.get(first);
                tight |= Math.abs(audio - sinceArrival * speed - lead) <= tolerance;
            }
            double elapsed = releases.get(last) - arrivals.get(0);
            assertThat(audio).as("%s: from the start", name).isLessThanOrEqualTo(elapsed * speed + lead + tolerance);
            assertThat(tight)
                    .as("%s: chunk %d goes as soon as it may", name, last)
                    .isTrue();
        }
    }

    @Test
    void noElementIsLostOrReorderedBetweenThreads() {
        int count = 3_000;
        Flux<ByteBuffer> numbered =
                Flux.range(0, count).map(i -> ByteBuffer.allocate(CHUNK).putInt(0, i));
        List<Integer> seen = Pacing.realTime(1_000)
                .withLead(Duration.ofMillis(150))
                .apply(numbered.publishOn(Schedulers.boundedElastic(), 1), AudioFormat.PCM_16K)
                .publishOn(Schedulers.single(), 2)
                .map(chunk -> chunk.getInt(0))
                .collectList()
                .block(BOUND);
        assertThat(seen)
                .containsExactlyElementsOf(IntStream.range(0, count).boxed().toList());
    }

    @Test
    void cancelMayRaceWithEverything() throws InterruptedException {
        int rounds = 300;
        List<AtomicLong> emitted = new ArrayList<>();
        List<Long> emittedAtCancel = new ArrayList<>();
        AtomicLong cancels = new AtomicLong();
        for (int round = 0; round < rounds; round++) {
            AtomicLong count = new AtomicLong();
            Disposable subscription = Pacing.realTime(1_000)
                    .withLead(Duration.ZERO)
                    .apply(
                            chunks(20).concatWith(Flux.never()).doOnCancel(cancels::incrementAndGet),
                            AudioFormat.PCM_16K)
                    .subscribe(chunk -> count.incrementAndGet());
            Thread canceller = new Thread(() -> {
                long end = System.nanoTime() + ThreadLocalRandom.current().nextLong(2_500_000);
                while (System.nanoTime() < end) {
                    Thread.onSpinWait();
                }
                subscription.dispose();
                emittedAtCancel.add(count.get());
            });
            canceller.start();
            canceller.join();
            emitted.add(count);
        }
        assertThat(cancels)
                .as("the source is cancelled once, before cancel returns")
                .hasValue(rounds);
        for (int round = 0; round < rounds; round++) {
            // One emission may have been under way on the timer's thread.
            assertThat(emitted.get(round).get()).isBetween(emittedAtCancel.get(round), emittedAtCancel.get(round) + 1);
        }
    }

    private static Flux<ByteBuffer> chunks(int count) {
        return Flux.range(0, count).map(i -> ByteBuffer.allocate(CHUNK));
    }

    private static List<Long> releaseTimes(Pacing pacing, AudioFormat format) {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        List<Long> times = new ArrayList<>();
        pacing.apply(chunks(3), format, time).subscribe(chunk -> times.add(time.now(TimeUnit.MILLISECONDS)));
        time.advanceTimeBy(Duration.ofSeconds(10));
        time.dispose();
        return times;
    }

    private static BaseSubscriber<ByteBuffer> collecting(List<ByteBuffer> seen) {
        return new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {}

            @Override
            protected void hookOnNext(ByteBuffer chunk) {
                seen.add(chunk);
            }
        };
    }
}
