package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.test.publisher.TestPublisher;
import reactor.util.context.Context;

/** Demand, cancelling, subscribers that block, and what goes to the hooks. */
class LiveBufferDemandTest {

    private static final AudioFormat FORMAT = AudioFormat.PCM_8K;
    private static final Duration TEN_MS = Duration.ofMillis(10);
    private static final LiveBuffer BUFFER = LiveBuffer.dropOldest(TEN_MS, FORMAT);

    private final TestPublisher<AudioSignal> source = TestPublisher.create();
    private final List<Object> seen = new ArrayList<>();
    private final List<Object> discarded = new ArrayList<>();

    private static AudioSignal audio(int samples) {
        return AudioSignal.chunk(ByteBuffer.allocate(2 * samples));
    }

    private class Recorder extends BaseSubscriber<AudioSignal> {
        @Override
        protected void hookOnSubscribe(Subscription subscription) {}

        @Override
        protected void hookOnNext(AudioSignal signal) {
            seen.add(Signals.own(signal));
        }

        @Override
        protected void hookOnError(Throwable error) {
            seen.add(error);
        }

        @Override
        protected void hookOnComplete() {
            seen.add("end");
        }
    }

    private <S extends BaseSubscriber<AudioSignal>> S subscribe(LiveBuffer buffer, S subscriber) {
        buffer.apply(source)
                .doOnDiscard(AudioSignal.class, signal -> discarded.add(Signals.own(signal)))
                .subscribe(subscriber);
        return subscriber;
    }

    @Test
    void everythingIsRequestedAtOnceAndOnlyWhatIsAskedForIsEmitted() {
        List<Long> requests = new ArrayList<>();
        Recorder subscriber = new Recorder();
        BUFFER.apply(source.flux().doOnRequest(requests::add)).subscribe(subscriber);
        assertThat(requests).containsExactly(Long.MAX_VALUE);
        source.next(audio(3)).next(AudioSignal.commit()).next(audio(4)).complete();
        assertThat(seen).isEmpty();
        subscriber.request(1);
        assertThat(seen).containsExactly(audio(3));
        subscriber.request(1);
        assertThat(seen).containsExactly(audio(3), AudioSignal.commit());
        subscriber.request(1);
        assertThat(seen).containsExactly(audio(3), AudioSignal.commit(), audio(4), "end");
        assertThat(requests).hasSize(1);
    }

    @Test
    void gapTakesARequestAsAnyOtherSignal() {
        Recorder subscriber = subscribe(BUFFER, new Recorder());
        source.next(audio(81)).complete();
        subscriber.request(1);
        assertThat(seen).containsExactly(AudioSignal.gap(FORMAT.durationOf(2)));
        subscriber.request(1);
        assertThat(seen).endsWith(audio(80), "end");
    }

    @Test
    void requestOfNothingIsAnError() {
        Flux<AudioSignal> live = BUFFER.apply(source);
        live.subscribe(new Recorder() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                subscription.request(0);
            }
        });
        assertThat(seen)
                .singleElement()
                .satisfies(error -> assertThat((Throwable) error)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("3.9"));
        source.assertCancelled();
    }

    @Test
    void subscriberThatCancelsAtOnceStartsNothing() {
        List<Long> requests = new ArrayList<>();
        BUFFER.apply(source.flux().doOnRequest(requests::add)).subscribe(new Recorder() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                cancel();
            }
        });
        assertThat(requests).isEmpty();
        source.assertCancelled();
    }

    @Test
    void lostAudioAndWhatWaitsWhenCancelledIsDiscarded() {
        Recorder subscriber = subscribe(BUFFER, new Recorder());
        source.next(audio(50)).next(AudioSignal.gap(TEN_MS)).next(audio(40));
        assertThat(discarded).containsExactly(audio(10));
        subscriber.cancel();
        source.assertCancelled();
        assertThat(discarded)
                .containsExactly(
                        audio(10),
                        AudioSignal.gap(FORMAT.durationOf(20)),
                        audio(40),
                        AudioSignal.gap(TEN_MS),
                        audio(40));
        assertThat(seen).isEmpty();
    }

    @Test
    void whatComesAfterTheFailureIsDiscarded() {
        TestPublisher<AudioSignal> stubborn =
                TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
        LiveBuffer.fail(TEN_MS, FORMAT)
                .apply(stubborn)
                .doOnDiscard(AudioSignal.class, signal -> discarded.add(Signals.own(signal)))
                .subscribe(new Recorder());
        stubborn.next(audio(85)).next(audio(7)).next(AudioSignal.commit());
        assertThat(discarded).containsExactly(audio(5), audio(7), AudioSignal.commit());
    }

    @Test
    void errorAfterCancellingGoesToTheHook() {
        DroppedErrors dropped = new DroppedErrors();
        TestPublisher<AudioSignal> stubborn =
                TestPublisher.createNoncompliant(TestPublisher.Violation.CLEANUP_ON_TERMINATE);
        Recorder subscriber = new Recorder();
        BUFFER.apply(stubborn).contextWrite(dropped.context()).subscribe(subscriber);
        subscriber.cancel();
        IllegalStateException late = new IllegalStateException("late");
        stubborn.error(late);
        assertThat(dropped.seen()).containsExactly(late);
        assertThat(seen).isEmpty();
    }

    /** Blocks in its first signal until it is let go. */
    private final class Blocking extends Recorder {
        private final CountDownLatch entered = new CountDownLatch(1);
        private final CountDownLatch released = new CountDownLatch(1);

        @Override
        protected void hookOnNext(AudioSignal signal) {
            entered.countDown();
            await(released);
            super.hookOnNext(signal);
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void subscriberThatBlocksDoesNotMakeTheBufferGrow() {
        Blocking subscriber = subscribe(BUFFER, new Blocking());
        source.next(audio(1));
        CompletableFuture<Void> blocked = CompletableFuture.runAsync(() -> subscriber.request(Long.MAX_VALUE));
        await(subscriber.entered);
        for (int i = 0; i < 1_000; i++) {
            source.next(audio(80)).next(AudioSignal.commit());
        }
        assertThat(discarded).hasSize(999).containsOnly(audio(80));
        subscriber.released.countDown();
        blocked.join();
        assertThat(seen)
                .containsExactly(
                        audio(1),
                        AudioSignal.gap(TEN_MS),
                        AudioSignal.commit(),
                        AudioSignal.gap(TEN_MS.multipliedBy(998)),
                        audio(80),
                        AudioSignal.commit());
    }

    @Test
    void cancellingDoesNotWaitForASubscriberThatBlocks() {
        Blocking subscriber = subscribe(BUFFER, new Blocking());
        source.next(audio(1)).next(AudioSignal.commit());
        CompletableFuture<Void> blocked = CompletableFuture.runAsync(() -> subscriber.request(Long.MAX_VALUE));
        await(subscriber.entered);
        subscriber.cancel();
        source.assertCancelled();
        assertThat(discarded).containsExactly(AudioSignal.commit());
        subscriber.released.countDown();
        blocked.join();
        assertThat(seen).containsExactly(audio(1));
    }

    @Test
    void subscriberMayAskAgainWhileItIsTold() {
        subscribe(BUFFER, new Recorder() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {
                request(1);
            }

            @Override
            protected void hookOnNext(AudioSignal signal) {
                super.hookOnNext(signal);
                request(1);
            }
        });
        source.next(audio(100)).next(AudioSignal.commit()).next(audio(2)).complete();
        assertThat(seen).containsExactly(audio(100), AudioSignal.commit(), audio(2), "end");
    }

    @Test
    void contextReachesTheSource() {
        List<String> found = new ArrayList<>();
        Flux<ByteBuffer> audio = Flux.deferContextual(context -> {
            found.add(context.get("who"));
            return Flux.just(ByteBuffer.allocate(2));
        });
        BUFFER.apply(audio).contextWrite(Context.of("who", "me")).blockLast(Duration.ofSeconds(20));
        assertThat(found).containsExactly("me");
    }
}
