package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.reactivestreams.Subscription;
import reactor.core.Exceptions;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** What is kept, what is lost and where that is told. Capacities are 80 samples, 160 bytes. */
class LiveBufferTest {

    private static final AudioFormat FORMAT = AudioFormat.PCM_8K;
    private static final Duration TEN_MS = Duration.ofMillis(10);
    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final AudioSignal COMMIT = AudioSignal.commit();
    private static final AudioSignal CLEAR = AudioSignal.clear();

    private final TestPublisher<AudioSignal> source = TestPublisher.create();
    private final List<AudioSignal> seen = new ArrayList<>();
    private final List<Object> ends = new ArrayList<>();

    static Stream<BiFunction<Duration, AudioFormat, LiveBuffer>> policies() {
        return Stream.of(LiveBuffer::dropOldest, LiveBuffer::dropNewest, LiveBuffer::fail);
    }

    private BaseSubscriber<AudioSignal> subscribe(LiveBuffer buffer) {
        return subscribe(buffer.apply(source));
    }

    private BaseSubscriber<AudioSignal> subscribe(Flux<AudioSignal> live) {
        BaseSubscriber<AudioSignal> subscriber = new BaseSubscriber<>() {
            @Override
            protected void hookOnSubscribe(Subscription subscription) {}

            @Override
            protected void hookOnNext(AudioSignal signal) {
                seen.add(Signals.own(signal));
            }

            @Override
            protected void hookOnError(Throwable error) {
                ends.add(error);
            }

            @Override
            protected void hookOnComplete() {
                ends.add("end");
            }
        };
        live.subscribe(subscriber);
        return subscriber;
    }

    /** Gives audio whose samples count on from a number. */
    private static AudioSignal samples(int first, int count) {
        ByteBuffer audio = ByteBuffer.allocate(2 * count);
        for (int i = 0; i < count; i++) {
            audio.putShort((short) (first + i));
        }
        return AudioSignal.chunk(audio.flip());
    }

    private static AudioSignal lost(int count) {
        return AudioSignal.gap(FORMAT.durationOf(2L * count));
    }

    @Test
    void oldestAudioGivesWayAndTheGapStandsBeforeWhatIsKept() {
        BaseSubscriber<AudioSignal> subscriber = subscribe(LiveBuffer.dropOldest(TEN_MS, FORMAT));
        source.next(samples(0, 50)).next(samples(50, 30)).next(samples(80, 7)).next(samples(87, 4));
        subscriber.requestUnbounded();
        assertThat(seen).containsExactly(lost(11), samples(11, 80));
        source.complete();
        assertThat(ends).containsExactly("end");
    }

    @Test
    void newestAudioIsDroppedAndTheGapStandsAfterWhatIsKept() {
        BaseSubscriber<AudioSignal> subscriber = subscribe(LiveBuffer.dropNewest(TEN_MS, FORMAT));
        source.next(samples(0, 50)).next(samples(50, 37)).next(samples(87, 4));
        subscriber.request(2);
        source.next(samples(91, 5));
        subscriber.requestUnbounded();
        source.next(samples(96, 1));
        assertThat(seen).containsExactly(samples(0, 80), lost(11), samples(91, 5), samples(96, 1));
    }

    @Test
    void failureComesAfterAllAudioBeforeTheLossAndTellsWhere() {
        BaseSubscriber<AudioSignal> subscriber = subscribe(LiveBuffer.fail(TEN_MS, FORMAT));
        subscriber.request(1);
        source.next(samples(0, 400)).next(lost(800)).next(samples(0, 50));
        assertThat(seen).containsExactly(samples(0, 400));
        source.assertNotCancelled();
        source.next(samples(50, 31));
        source.assertCancelled();
        assertThat(ends).isEmpty();
        subscriber.requestUnbounded();
        assertThat(seen).containsExactly(samples(0, 400), lost(800), samples(0, 80));
        assertThat(ends)
                .singleElement()
                .satisfies(error -> assertThat((Throwable) error)
                        .matches(Exceptions::isOverflow)
                        .hasMessageContaining("PT0.01S")
                        .hasMessageContaining("PT0.16S after the beginning")
                        .hasMessageContaining("LiveBuffer.dropOldest"));
    }

    @ParameterizedTest
    @MethodSource("policies")
    void fullBufferLosesNothing(BiFunction<Duration, AudioFormat, LiveBuffer> policy) {
        BaseSubscriber<AudioSignal> subscriber = subscribe(policy.apply(TEN_MS, FORMAT));
        source.next(samples(0, 80)).complete();
        assertThat(ends).isEmpty();
        subscriber.request(1);
        assertThat(seen).containsExactly(samples(0, 80));
        assertThat(ends).containsExactly("end");
    }

    @ParameterizedTest
    @MethodSource("policies")
    void roomThatIsTakenIsThereAgain(BiFunction<Duration, AudioFormat, LiveBuffer> policy) {
        BaseSubscriber<AudioSignal> subscriber = subscribe(policy.apply(TEN_MS, FORMAT));
        for (int i = 0; i < 10; i++) {
            source.next(samples(80 * i, 80));
            subscriber.request(1);
        }
        assertThat(seen).hasSize(10).doesNotHaveAnyElementsOfTypes(AudioSignal.Gap.class);
        assertThat(ends).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("policies")
    void chunkLargerThanTheBufferPassesIfItNeedNotWait(BiFunction<Duration, AudioFormat, LiveBuffer> policy) {
        BaseSubscriber<AudioSignal> subscriber = subscribe(policy.apply(TEN_MS, FORMAT));
        subscriber.request(1);
        source.next(samples(0, 8_000));
        assertThat(seen).containsExactly(samples(0, 8_000));
    }

    @Test
    void chunkLargerThanTheBufferIsCutAtTheSample() {
        BaseSubscriber<AudioSignal> subscriber = subscribe(LiveBuffer.dropOldest(TEN_MS, FORMAT));
        source.next(samples(0, 50)).next(samples(50, 1_001));
        subscriber.requestUnbounded();
        assertThat(seen).containsExactly(lost(971), samples(971, 80));
    }

    @Test
    void commitsStayWhereTheyWereAmongLosses() {
        BaseSubscriber<AudioSignal> subscriber = subscribe(LiveBuffer.dropOldest(TEN_MS, FORMAT));
        subscriber.request(1);
        source.next(samples(0, 5)).next(samples(5, 40)).next(COMMIT).next(samples(45, 40));
        source.next(samples(85, 50));
        subscriber.requestUnbounded();
        assertThat(seen)
                .as("the chunk after the commit was cut, and 80 samples are left")
                .containsExactly(samples(0, 5), lost(40), COMMIT, lost(10), samples(55, 80));
    }

    @Test
    void commitOfAnUtteranceThatWasLostWhollyIsLeftOut() {
        BaseSubscriber<AudioSignal> subscriber = subscribe(LiveBuffer.dropOldest(TEN_MS, FORMAT));
        source.next(samples(0, 40))
                .next(COMMIT)
                .next(samples(40, 40))
                .next(CLEAR)
                .next(samples(80, 80));
        source.next(COMMIT).complete();
        subscriber.requestUnbounded();
        assertThat(seen).containsExactly(lost(80), samples(80, 80), COMMIT);
        assertThat(ends).containsExactly("end");
    }

    @Test
    void commitsOfAudioThatFoundNoRoomAreOne() {
        BaseSubscriber<AudioSignal> subscriber = subscribe(LiveBuffer.dropNewest(TEN_MS, FORMAT));
        source.next(samples(0, 80)).next(COMMIT);
        for (int i = 0; i < 1_000; i++) {
            source.next(samples(80, 8)).next(COMMIT).next(CLEAR);
        }
        subscriber.requestUnbounded();
        assertThat(seen).containsExactly(samples(0, 80), COMMIT, lost(8_000));
    }

    @Test
    void commitsWithoutAudioAreLeftOutHoweverTheyAreTaken() {
        BaseSubscriber<AudioSignal> subscriber = subscribe(LiveBuffer.dropNewest(TEN_MS, FORMAT));
        subscriber.requestUnbounded();
        source.next(COMMIT)
                .next(samples(0, 1))
                .next(COMMIT)
                .next(COMMIT)
                .next(lost(3))
                .next(CLEAR);
        source.next(samples(1, 1)).next(CLEAR).next(COMMIT);
        assertThat(seen).containsExactly(samples(0, 1), COMMIT, lost(3), samples(1, 1), CLEAR);
    }

    @Test
    void endDoesNotWaitForACommitThatIsLeftOut() {
        BaseSubscriber<AudioSignal> subscriber = subscribe(LiveBuffer.dropNewest(TEN_MS, FORMAT));
        source.next(COMMIT).complete();
        assertThat(ends).containsExactly("end");
        assertThat(subscriber.isDisposed()).isTrue();
    }

    @Test
    void gapsOfTheSourcePassAndMergeWithOthers() {
        BaseSubscriber<AudioSignal> subscriber = subscribe(LiveBuffer.dropOldest(TEN_MS, FORMAT));
        Duration odd = Duration.ofNanos(1);
        source.next(AudioSignal.gap(odd))
                .next(lost(2))
                .next(samples(0, 10))
                .next(lost(5))
                .next(samples(10, 75));
        subscriber.requestUnbounded();
        source.next(lost(7));
        assertThat(seen)
                .as("5 of 10 samples were dropped, right after the gap of 2")
                .containsExactly(
                        AudioSignal.gap(FORMAT.durationOf(2L * 7).plus(odd)),
                        samples(5, 5),
                        lost(5),
                        samples(10, 75),
                        lost(7));
    }

    @Test
    void smallChunksThatWaitAreJoinedUpToATenthOfASecond() {
        BaseSubscriber<AudioSignal> subscriber = subscribe(LiveBuffer.dropOldest(Duration.ofSeconds(1), FORMAT));
        for (int i = 0; i < 1_700; i++) {
            source.next(samples(i, 1));
        }
        source.next(samples(1_700, 900)).next(samples(2_600, 1));
        subscriber.requestUnbounded();
        assertThat(seen)
                .containsExactly(
                        samples(0, 800),
                        samples(800, 800),
                        samples(1_600, 100),
                        samples(1_700, 900),
                        samples(2_600, 1));
    }

    @Test
    void splitSamplesAreCompletedByTheNextChunk() {
        Flux<ByteBuffer> bytes = Flux.just(
                        new byte[] {1}, new byte[] {}, new byte[] {2, 3, 4}, new byte[] {5, 6, 7}, new byte[] {8, 9})
                .map(ByteBuffer::wrap);
        List<AudioSignal> signals = bytes.transform(LiveBuffer.dropOldest(TEN_MS, FORMAT)::apply)
                .map(Signals::own)
                .collectList()
                .block(BOUND);
        assertThat(signals)
                .as("half a sample at the end is left out")
                .containsExactly(chunk(1, 2, 3, 4), chunk(5, 6), chunk(7, 8));
    }

    private static AudioSignal chunk(int... bytes) {
        ByteBuffer audio = ByteBuffer.allocate(bytes.length);
        for (int b : bytes) {
            audio.put((byte) b);
        }
        return AudioSignal.chunk(audio.flip());
    }

    @Test
    void onlyWhatWaitsIsCopied() {
        Sinks.Many<ByteBuffer> microphone = Sinks.many().unicast().onBackpressureBuffer();
        List<AudioSignal> lent = new ArrayList<>();
        LiveBuffer.dropOldest(TEN_MS, FORMAT).apply(microphone.asFlux()).subscribe(lent::add);
        ByteBuffer reused =
                ByteBuffer.allocateDirect(8).put(3, (byte) 1).position(2).limit(6);
        microphone.tryEmitNext(reused).orThrow();
        assertThat(reused.position()).isEqualTo(2);
        reused.put(3, (byte) 2);
        ByteBuffer view = ((AudioSignal.Chunk) lent.get(0)).audio();
        assertThat(view.remaining()).isEqualTo(4);
        assertThat(view.get(view.position() + 1)).as("it is the source's own").isEqualTo((byte) 2);

        BaseSubscriber<AudioSignal> subscriber = subscribe(LiveBuffer.dropOldest(TEN_MS, FORMAT));
        source.next(AudioSignal.chunk(reused));
        assertThat(reused.position()).isEqualTo(2);
        reused.put(3, (byte) 99);
        subscriber.request(1);
        assertThat(((AudioSignal.Chunk) seen.get(0)).audio().get(1)).isEqualTo((byte) 2);
    }

    @Test
    void errorOfTheSourceComesAfterWhatWaits() {
        BaseSubscriber<AudioSignal> subscriber = subscribe(LiveBuffer.dropOldest(TEN_MS, FORMAT));
        source.next(samples(0, 3)).next(COMMIT).error(new IllegalStateException("unplugged"));
        subscriber.request(1);
        assertThat(ends).isEmpty();
        subscriber.request(1);
        assertThat(seen).containsExactly(samples(0, 3), COMMIT);
        assertThat(ends)
                .singleElement()
                .satisfies(error -> assertThat((Throwable) error).hasMessage("unplugged"));
    }

    @Test
    void boundariesKeepUpWithASourceThatCannotWait() {
        TestPublisher<ByteBuffer> microphone = TestPublisher.create();
        TestPublisher<String> button = TestPublisher.create();
        Flux<AudioSignal> signals = microphone
                .flux()
                .transform(CommitBoundaries.when(button, FORMAT))
                .transform(LiveBuffer.dropOldest(TEN_MS, FORMAT)::apply);
        StepVerifier.create(signals.map(Signals::own), 0)
                .then(() -> {
                    microphone.next(ByteBuffer.allocate(100));
                    button.next("released");
                    microphone.next(ByteBuffer.allocate(90));
                    button.next("released");
                    microphone.complete();
                })
                .thenRequest(Long.MAX_VALUE)
                .expectNext(lost(15), AudioSignal.chunk(ByteBuffer.allocate(70)), COMMIT)
                .expectNext(AudioSignal.chunk(ByteBuffer.allocate(90)), COMMIT)
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void eachSubscriptionHasABufferOfItsOwn() {
        Flux<AudioSignal> live = LiveBuffer.dropNewest(TEN_MS, FORMAT)
                .apply(Flux.just(samples(0, 90)).concatWith(Mono.error(new IllegalStateException("broken"))));
        for (int i = 0; i < 2; i++) {
            BaseSubscriber<AudioSignal> subscriber = subscribe(live);
            subscriber.request(2);
        }
        assertThat(seen).containsExactly(samples(0, 80), lost(10), samples(0, 80), lost(10));
        assertThat(ends).hasSize(2);
    }

    @ParameterizedTest
    @MethodSource("policies")
    void capacityOutOfRangeAndOpusAreRefused(BiFunction<Duration, AudioFormat, LiveBuffer> policy) {
        List<Duration> bad = List.of(
                Duration.ZERO,
                Duration.ofNanos(-1),
                Duration.ofNanos(124_999),
                Duration.ofHours(1).plusNanos(1),
                Duration.ofSeconds(Long.MAX_VALUE));
        for (Duration capacity : bad) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> policy.apply(capacity, FORMAT))
                    .withMessage("capacity must be at least one sample and at most one hour, not " + capacity);
        }
        AudioFormat opus = new AudioFormat(AudioFormat.Encoding.OPUS, 16_000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> policy.apply(TEN_MS, opus))
                .withMessageContaining("only PCM");
    }

    @Test
    void smallestCapacityIsOneSample() {
        BaseSubscriber<AudioSignal> subscriber = subscribe(LiveBuffer.dropOldest(Duration.ofNanos(125_000), FORMAT));
        source.next(samples(0, 2));
        subscriber.requestUnbounded();
        assertThat(seen).containsExactly(lost(1), samples(1, 1));
    }
}
