package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.util.context.Context;

/** Demand, cancelling and sources that break the rules. */
class CommitDemandTest {

    private static final AudioFormat FORMAT = AudioFormat.PCM_8K;
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final Duration TEN_MS = Duration.ofMillis(10);

    private final List<Object> seen = new ArrayList<>();
    private final AtomicLong requested = new AtomicLong();

    private BaseSubscriber<AudioSignal> subscriber() {
        return new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {}

            @Override
            protected void hookOnNext(AudioSignal signal) {
                seen.add(Signals.shape(signal));
            }

            @Override
            protected void hookOnError(Throwable error) {
                seen.add(error);
            }

            @Override
            protected void hookOnComplete() {
                seen.add("end");
            }
        };
    }

    private Flux<ByteBuffer> counted(Flux<ByteBuffer> source) {
        return source.hide().doOnRequest(requested::addAndGet);
    }

    @Test
    void chunkIsRequestedOnlyForASignalThatNothingElseServes() {
        BaseSubscriber<AudioSignal> subscriber = subscriber();
        counted(Flux.just(400, 2).map(ByteBuffer::allocate))
                .transform(CommitBoundaries.every(TEN_MS, FORMAT))
                .subscribe(subscriber);
        assertThat(requested).hasValue(0);
        for (int n = 1; n <= 5; n++) {
            subscriber.request(1);
            assertThat(seen).hasSize(n);
            assertThat(requested).as("three pieces, two commits of one chunk").hasValue(1);
        }
        assertThat(seen).containsExactly(160, "C", 160, "C", 80);
        subscriber.request(1);
        assertThat(requested).hasValue(2);
        subscriber.request(1);
        assertThat(seen).endsWith(2, "C", "end");
    }

    @Test
    void chunksWithoutAWholeSampleAreReplaced() {
        BaseSubscriber<AudioSignal> subscriber = subscriber();
        counted(Flux.just(0, 1, 0, 1, 5).map(ByteBuffer::allocate))
                .transform(CommitBoundaries.atEnd(FORMAT))
                .subscribe(subscriber);
        subscriber.request(1);
        assertThat(seen).containsExactly(2);
        assertThat(requested).hasValue(4);
    }

    @Test
    void tickTakesTheDemandAndTheChunkWaits() {
        TestPublisher<ByteBuffer> source = TestPublisher.create();
        TestPublisher<String> ticks = TestPublisher.create();
        BaseSubscriber<AudioSignal> subscriber = subscriber();
        counted(source.flux()).transform(CommitBoundaries.when(ticks, FORMAT)).subscribe(subscriber);
        subscriber.request(2);
        source.next(ByteBuffer.allocate(2));
        assertThat(requested).hasValue(2);
        ticks.next("tick");
        assertThat(seen).containsExactly(2, "C");
        ByteBuffer reused = ByteBuffer.allocate(4);
        source.next(reused);
        reused.clear().limit(0);
        ticks.next("tick").next("tick");
        assertThat(seen).hasSize(2);
        subscriber.request(1);
        assertThat(seen).containsExactly(2, "C", 4);
        subscriber.request(1);
        assertThat(seen).containsExactly(2, "C", 4, "C");
        assertThat(requested).hasValue(2);
    }

    @Test
    void utterancesAreRequestedOneAtATime() {
        AtomicLong outer = new AtomicLong();
        AtomicInteger open = new AtomicInteger();
        Flux<Publisher<ByteBuffer>> utterances = Flux.range(0, 3)
                .<Publisher<ByteBuffer>>map(i -> counted(Flux.just(2, 2).map(ByteBuffer::allocate))
                        .doOnSubscribe(s -> assertThat(open.incrementAndGet()).isEqualTo(1))
                        .doOnComplete(open::decrementAndGet))
                .doOnRequest(outer::addAndGet);
        BaseSubscriber<AudioSignal> subscriber = subscriber();
        CommitBoundaries.utterances(utterances, FORMAT).subscribe(subscriber);
        assertThat(outer).hasValue(0);
        for (int n = 1; n <= 9; n++) {
            subscriber.request(1);
            assertThat(seen).as("after %d", n).hasSizeGreaterThanOrEqualTo(n);
            assertThat(outer).as("after %d", n).hasValue((n + 2) / 3);
            assertThat(requested.get()).as("after %d", n).isLessThanOrEqualTo(n);
        }
        assertThat(seen).containsExactly(2, 2, "C", 2, 2, "C", 2, 2, "C", "end");
    }

    @Test
    void waitingAudioIsACopyAndOtherAudioIsNot() {
        Sinks.Many<ByteBuffer> source = Sinks.many().unicast().onBackpressureBuffer();
        List<AudioSignal> signals = new ArrayList<>();
        BaseSubscriber<AudioSignal> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(1);
            }

            @Override
            protected void hookOnNext(AudioSignal signal) {
                signals.add(signal);
            }
        };
        source.asFlux().transform(CommitBoundaries.every(TEN_MS, FORMAT)).subscribe(subscriber);
        ByteBuffer reused = ByteBuffer.allocateDirect(200).put(10, (byte) 7).put(170, (byte) 7);
        source.tryEmitNext(reused).orThrow();
        assertThat(reused.remaining()).as("the position is never moved").isEqualTo(200);
        reused.put(10, (byte) 9).put(170, (byte) 9);
        subscriber.request(2);
        ByteBuffer first = ((AudioSignal.Chunk) signals.get(0)).audio();
        ByteBuffer second = ((AudioSignal.Chunk) signals.get(2)).audio();
        assertThat(first.get(10)).as("lent").isEqualTo((byte) 9);
        assertThat(second.get(10)).as("copied").isEqualTo((byte) 7);
    }

    @Test
    void errorComesAfterTheAudioBeforeIt() {
        Flux<ByteBuffer> broken =
                Flux.just(ByteBuffer.allocate(200)).concatWith(Flux.error(new IllegalStateException("unplugged")));
        StepVerifier.create(
                        broken.transform(CommitBoundaries.every(TEN_MS, FORMAT)).map(Signals::shape), 1)
                .expectNext(160)
                .thenRequest(2)
                .expectNext("C", 40)
                .expectErrorMessage("unplugged")
                .verify(BOUND);
    }

    @Test
    void cancelCancelsAllAndEmitsNothing() {
        TestPublisher<ByteBuffer> source = TestPublisher.create();
        TestPublisher<String> ticks = TestPublisher.create();
        BaseSubscriber<AudioSignal> subscriber = subscriber();
        source.flux().transform(CommitBoundaries.when(ticks, FORMAT)).subscribe(subscriber);
        subscriber.request(1);
        source.next(ByteBuffer.allocate(2));
        subscriber.cancel();
        source.assertCancelled(1);
        ticks.assertCancelled(1);
        ticks.next("tick");
        assertThat(seen).containsExactly(2);

        TestPublisher<Publisher<ByteBuffer>> outer = TestPublisher.create();
        TestPublisher<ByteBuffer> inner = TestPublisher.create();
        BaseSubscriber<AudioSignal> other = subscriber();
        CommitBoundaries.utterances(outer.flux(), FORMAT).subscribe(other);
        other.request(1);
        outer.next(inner);
        inner.assertSubscribers();
        other.cancel();
        outer.assertCancelled();
        inner.assertCancelled();
    }

    @Test
    void cancelWithinASignalStopsTheRest() {
        StepVerifier.create(Flux.just(ByteBuffer.allocate(1_000))
                        .transform(CommitBoundaries.every(TEN_MS, FORMAT))
                        .map(Signals::shape)
                        .take(3, false))
                .expectNext(160, "C", 160)
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void sourceThatIgnoresDemandIsAnErrorNotALoss() {
        TestPublisher<ByteBuffer> source = TestPublisher.createNoncompliant(TestPublisher.Violation.REQUEST_OVERFLOW);
        StepVerifier.create(
                        source.flux().transform(CommitBoundaries.atEnd(FORMAT)).map(Signals::shape), 1)
                .then(() -> source.next(ByteBuffer.allocate(2)).next(ByteBuffer.allocate(2)))
                .expectNext(2)
                .expectErrorMatches(Exceptions::isOverflow)
                .verify(BOUND);
        source.assertCancelled();

        TestPublisher<Publisher<ByteBuffer>> outer =
                TestPublisher.createNoncompliant(TestPublisher.Violation.REQUEST_OVERFLOW);
        StepVerifier.create(CommitBoundaries.utterances(outer.flux(), FORMAT), 1)
                .then(() -> outer.next(Flux.never()).next(Flux.never()))
                .expectErrorMatches(Exceptions::isOverflow)
                .verify(BOUND);
        outer.assertCancelled();
    }

    @Test
    void lateSignalsAndSecondEndsAreIgnored() {
        TestPublisher<ByteBuffer> source = TestPublisher.createNoncompliant(
                TestPublisher.Violation.CLEANUP_ON_TERMINATE, TestPublisher.Violation.DEFER_CANCELLATION);
        StepVerifier.create(
                        source.flux().transform(CommitBoundaries.atEnd(FORMAT)).map(Signals::shape))
                .then(() -> source.next(ByteBuffer.allocate(2)).complete())
                .expectNext(2, "C")
                .expectComplete()
                .verifyThenAssertThat(BOUND)
                .hasNotDroppedErrors();
        source.next(ByteBuffer.allocate(2)).complete();
    }

    @Test
    void requestForNothingIsAnError() {
        CoreSubscriber<AudioSignal> bad = new CoreSubscriber<>() {
            @Override
            public void onSubscribe(Subscription subscription) {
                subscription.request(0);
            }

            @Override
            public void onNext(AudioSignal signal) {
                seen.add(signal);
            }

            @Override
            public void onError(Throwable error) {
                seen.add(error);
            }

            @Override
            public void onComplete() {
                seen.add("end");
            }
        };
        TestPublisher<ByteBuffer> source = TestPublisher.create();
        CommitBoundaries.atEnd(FORMAT).apply(source.flux()).subscribe(bad);
        assertThat(seen)
                .singleElement()
                .satisfies(e -> assertThat((Throwable) e)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("3.9"));
        source.assertCancelled();
    }

    @Test
    void contextReachesEverySource() {
        List<String> found = new ArrayList<>();
        Flux<ByteBuffer> audio = Flux.deferContextual(context -> {
            found.add(context.get("who"));
            return Flux.just(ByteBuffer.allocate(2));
        });
        audio.transform(CommitBoundaries.when(audio, FORMAT))
                .concatWith(CommitBoundaries.utterances(Flux.just(audio), FORMAT))
                .contextWrite(Context.of("who", "me"))
                .blockLast(BOUND);
        assertThat(found).containsExactly("me", "me", "me");
    }

    @Test
    void threadsMayCoincide() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        byte[] audio = Signals.bytes(200_001, new Random(seed));
        AtomicBoolean emitting = new AtomicBoolean();
        Sinks.Many<Integer> ticks = Sinks.many().multicast().directBestEffort();
        AtomicBoolean over = new AtomicBoolean();
        Thread ticking = new Thread(() -> {
            while (!over.get()) {
                ticks.tryEmitNext(1);
                LockSupport.parkNanos(1_000);
            }
        });
        ticking.start();
        try {
            List<AudioSignal> signals = Signals.randomChunks(audio, 100, new Random(seed))
                    .subscribeOn(Schedulers.boundedElastic())
                    .transform(CommitBoundaries.when(ticks.asFlux(), FORMAT))
                    .map(signal -> {
                        assertThat(emitting.compareAndSet(false, true)).isTrue();
                        AudioSignal own = Signals.own(signal);
                        emitting.set(false);
                        return own;
                    })
                    .publishOn(Schedulers.parallel(), 2)
                    .collectList()
                    .block(BOUND);
            Signals.Timeline timeline = Signals.read(signals);
            assertThat(timeline.audio()).isEqualTo(ByteBuffer.wrap(audio, 0, 200_000));
            assertThat(timeline.commits())
                    .doesNotHaveDuplicates()
                    .doesNotContain(0L)
                    .endsWith(200_000L);
        } finally {
            over.set(true);
        }
    }
}
