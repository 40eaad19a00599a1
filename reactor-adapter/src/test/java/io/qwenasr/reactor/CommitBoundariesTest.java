package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.audio.EnergyVoiceActivityDetector;
import io.qwenasr.audio.VoiceActivityDetector;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Publisher;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** Where commits fall. */
class CommitBoundariesTest {

    private static final AudioFormat FORMAT = AudioFormat.PCM_8K;
    private static final Duration BOUND = Duration.ofSeconds(30);
    private static final Duration TEN_MS = Duration.ofMillis(10);
    private static final int TEN_MS_BYTES = 160;

    private static Flux<ByteBuffer> sizes(Integer... sizes) {
        return Flux.fromArray(sizes).map(ByteBuffer::allocate);
    }

    private static List<Object> shape(CommitBoundaries boundaries, Flux<ByteBuffer> audio) {
        return Signals.shape(audio.transform(boundaries).collectList().block(BOUND));
    }

    private static List<Object> shape(Flux<AudioSignal> signals) {
        return Signals.shape(signals.collectList().block(BOUND));
    }

    @Test
    void endCommitsOnce() {
        assertThat(shape(CommitBoundaries.atEnd(FORMAT), sizes(4, 0, 6))).containsExactly(4, 6, "C");
    }

    @Test
    void nothingIsCommittedWithoutAudio() {
        List<CommitBoundaries> all = List.of(
                CommitBoundaries.atEnd(FORMAT),
                CommitBoundaries.every(TEN_MS, FORMAT),
                CommitBoundaries.when(Flux.range(0, 3), FORMAT),
                CommitBoundaries.onSilence(TEN_MS, FORMAT));
        for (CommitBoundaries boundaries : all) {
            assertThat(shape(boundaries, Flux.empty())).isEmpty();
            assertThat(shape(boundaries, sizes(0, 1, 0))).as("half a sample").isEmpty();
        }
    }

    @Test
    void oddBytesAreCarriedOver() {
        byte[] audio = {1, 2, 3, 4, 5, 6, 7};
        Flux<ByteBuffer> chunks =
                Flux.just(ByteBuffer.wrap(audio, 0, 1), ByteBuffer.wrap(audio, 1, 3), ByteBuffer.wrap(audio, 4, 3));
        List<AudioSignal> signals =
                chunks.transform(CommitBoundaries.atEnd(FORMAT)).collectList().block(BOUND);
        assertThat(Signals.shape(signals)).containsExactly(4, 2, "C");
        assertThat(Signals.read(signals).audio()).isEqualTo(ByteBuffer.wrap(audio, 0, 6));
    }

    @Test
    void fixedLengthSplitsChunksAtTheSample() {
        CommitBoundaries boundaries = CommitBoundaries.every(TEN_MS, FORMAT);
        assertThat(shape(boundaries, sizes(100, 100, 341)))
                .containsExactly(100, 60, "C", 40, 120, "C", 160, "C", 60, "C");
        assertThat(shape(boundaries, sizes(160, 160)))
                .as("no empty commit at the end")
                .containsExactly(160, "C", 160, "C");
    }

    @Test
    void fixedLengthCommitsWithoutWaitingForMore() {
        TestPublisher<ByteBuffer> source = TestPublisher.create();
        StepVerifier.create(source.flux()
                        .transform(CommitBoundaries.every(TEN_MS, FORMAT))
                        .map(Signals::shape))
                .then(() -> source.next(ByteBuffer.allocate(TEN_MS_BYTES)))
                .expectNext(TEN_MS_BYTES, "C")
                .thenCancel()
                .verify(BOUND);
    }

    @Test
    void ticksCommitWhatHasArrived() {
        TestPublisher<ByteBuffer> source = TestPublisher.create();
        TestPublisher<String> ticks = TestPublisher.create();
        StepVerifier.create(source.flux()
                        .transform(CommitBoundaries.when(ticks, FORMAT))
                        .map(Signals::shape))
                .then(() -> ticks.next("before any audio"))
                .then(() -> source.next(ByteBuffer.allocate(10)).next(ByteBuffer.allocate(11)))
                .expectNext(10, 10)
                .then(() -> ticks.next("talk").next("again"))
                .expectNext("C")
                .then(() -> source.next(ByteBuffer.allocate(11)))
                .expectNext(12)
                .then(ticks::complete)
                .then(() -> source.next(ByteBuffer.allocate(4)).complete())
                .expectNext(4, "C")
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void ticksEndWithTheStream() {
        TestPublisher<ByteBuffer> source = TestPublisher.create();
        TestPublisher<String> ticks = TestPublisher.create();
        Flux<AudioSignal> signals = source.flux().transform(CommitBoundaries.when(ticks, FORMAT));
        StepVerifier.create(signals).then(source::complete).expectComplete().verify(BOUND);
        ticks.assertCancelled(1);
        StepVerifier.create(signals).thenCancel().verify(BOUND);
        ticks.assertCancelled(2);
        StepVerifier.create(Flux.<ByteBuffer>error(new IllegalStateException("unplugged"))
                        .transform(CommitBoundaries.when(ticks, FORMAT)))
                .expectErrorMessage("unplugged")
                .verify(BOUND);
        ticks.assertCancelled(3);
    }

    @Test
    void errorOfTheTicksFailsTheStreamAtOnce() {
        TestPublisher<ByteBuffer> source = TestPublisher.create();
        TestPublisher<String> ticks = TestPublisher.create();
        StepVerifier.create(source.flux().transform(CommitBoundaries.when(ticks, FORMAT)), 0)
                .then(() -> ticks.error(new IllegalStateException("button broke")))
                .expectErrorMessage("button broke")
                .verify(BOUND);
        source.assertCancelled();
        StepVerifier.create(source.flux()
                        .transform(CommitBoundaries.when(Flux.error(new IllegalStateException("no button")), FORMAT)))
                .expectErrorMessage("no button")
                .verify(BOUND);
    }

    @Test
    void silenceAfterSpeechCommits() {
        for (AudioFormat format : List.of(AudioFormat.PCM_8K, AudioFormat.PCM_16K)) {
            byte[] audio = Signals.bursts(format, new Random(3), 500, 700, 200, 300, 600, 1_000, 450);
            List<AudioSignal> signals = Flux.just(ByteBuffer.wrap(audio))
                    .transform(CommitBoundaries.onSilence(
                            () -> new LoudnessDetector(format.sampleRate()), Duration.ofMillis(400), format))
                    .collectList()
                    .block(BOUND);
            List<Duration> commits = Signals.read(signals).commits().stream()
                    .map(format::durationOf)
                    .toList();
            assertThat(commits)
                    .as("after 1.7 s and 3.3 s of sound, and at the end")
                    .containsExactly(Duration.ofMillis(2_100), Duration.ofMillis(3_700), Duration.ofMillis(3_750));
        }
    }

    @Test
    void sentenceAfterLongSilenceIsNotCut() {
        byte[] audio = Signals.bursts(FORMAT, new Random(4), 58_000, 4_000, 41_000);
        List<Duration> commits = silenceCommits(audio, CommitBoundaries.MAX_UTTERANCE);
        assertThat(commits)
                .as("in the silence before, after the sentence, in the silence after it, and at the end")
                .containsExactly(
                        Duration.ofSeconds(30),
                        Duration.ofMillis(62_400),
                        Duration.ofMillis(92_400),
                        Duration.ofSeconds(103));
    }

    @Test
    void silenceIsCommittedAtHalfTheGreatestLength() {
        byte[] audio = Signals.bursts(FORMAT, new Random(5), 11_000);
        assertThat(silenceCommits(audio, Duration.ofSeconds(8)))
                .containsExactly(Duration.ofSeconds(4), Duration.ofSeconds(8), Duration.ofSeconds(11));
    }

    private static List<Duration> silenceCommits(byte[] audio, Duration maxUtterance) {
        CommitBoundaries boundaries = CommitBoundaries.onSilence(
                        () -> new LoudnessDetector(FORMAT.sampleRate()), Duration.ofMillis(400), FORMAT)
                .withMaxUtterance(maxUtterance);
        return timeline(Signals.randomChunks(audio, 5_000, new Random(6)), boundaries, 2).commits().stream()
                .map(FORMAT::durationOf)
                .toList();
    }

    /** Takes each frame of 20 ms with a loud sample for speech. */
    private record LoudnessDetector(int sampleRate) implements VoiceActivityDetector {
        @Override
        public int frameSamples() {
            return sampleRate / 50;
        }

        @Override
        public boolean isSpeech(short[] frame) {
            for (short sample : frame) {
                if (Math.abs(sample) > 200) {
                    return true;
                }
            }
            return false;
        }
    }

    @Test
    void eachStreamHasADetectorOfItsOwn() {
        AtomicInteger detectors = new AtomicInteger();
        CommitBoundaries boundaries = CommitBoundaries.onSilence(
                () -> {
                    detectors.incrementAndGet();
                    return EnergyVoiceActivityDetector.create(8_000);
                },
                TEN_MS,
                FORMAT);
        Flux<AudioSignal> signals = sizes(4).transform(boundaries);
        assertThat(detectors).hasValue(0);
        signals.blockLast(BOUND);
        signals.blockLast(BOUND);
        assertThat(detectors).hasValue(2);
    }

    @Test
    void detectorForAnotherRateIsRefused() {
        StepVerifier.create(sizes(4).transform(CommitBoundaries.onSilence(
                        () -> EnergyVoiceActivityDetector.create(16_000), TEN_MS, FORMAT)))
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOf(IllegalArgumentException.class)
                        .hasMessageContaining("16000 Hz")
                        .hasMessageContaining("8000"))
                .verify(BOUND);
    }

    @Test
    void detectorThatThrowsFailsTheStream() {
        VoiceActivityDetector broken = new VoiceActivityDetector() {
            @Override
            public int sampleRate() {
                return 8_000;
            }

            @Override
            public int frameSamples() {
                return 1;
            }

            @Override
            public boolean isSpeech(short[] frame) {
                throw new IllegalStateException("no model");
            }
        };
        TestPublisher<ByteBuffer> source = TestPublisher.create();
        Flux<AudioSignal> signals = source.flux().transform(CommitBoundaries.onSilence(() -> broken, TEN_MS, FORMAT));
        StepVerifier.create(signals)
                .then(() -> source.next(ByteBuffer.allocate(4)))
                .expectErrorMessage("no model")
                .verify(BOUND);
        source.assertCancelled();
    }

    @Test
    void utterancesAreCommittedOneByOne() {
        List<String> subscribed = new ArrayList<>();
        Flux<Publisher<ByteBuffer>> utterances = Flux.just(
                sizes(4, 5).doOnSubscribe(s -> subscribed.add("first")),
                Flux.<ByteBuffer>empty(),
                sizes(0),
                sizes(3).doOnSubscribe(s -> subscribed.add("second")));
        StepVerifier.create(CommitBoundaries.utterances(utterances, FORMAT).map(Signals::shape), 0)
                .expectSubscription()
                .then(() -> assertThat(subscribed).isEmpty())
                .thenRequest(3)
                .expectNext(4, 4, "C")
                .then(() -> assertThat(subscribed).containsExactly("first"))
                .thenRequest(2)
                .expectNext(4, "C")
                .expectComplete()
                .verify(BOUND);
        assertThat(subscribed).containsExactly("first", "second");
    }

    @Test
    void windowsOfOneStreamAreUtterances() {
        Flux<AudioSignal> signals =
                CommitBoundaries.utterances(sizes(3, 3, 3, 3, 3).window(2), FORMAT);
        assertThat(shape(signals)).containsExactly(2, 4, "C", 2, 4, "C", 2, "C");
    }

    @Test
    void errorsOfUtterancesPass() {
        TestPublisher<Publisher<ByteBuffer>> source = TestPublisher.create();
        TestPublisher<ByteBuffer> utterance = TestPublisher.create();
        StepVerifier.create(CommitBoundaries.utterances(source.flux(), FORMAT).map(Signals::shape))
                .then(() -> source.next(utterance))
                .then(() -> utterance.next(ByteBuffer.allocate(2)).error(new IllegalStateException("unplugged")))
                .expectNext(2)
                .expectErrorMessage("unplugged")
                .verify(BOUND);
        source.assertCancelled();

        TestPublisher<ByteBuffer> open = TestPublisher.create();
        TestPublisher<Publisher<ByteBuffer>> failing = TestPublisher.create();
        StepVerifier.create(CommitBoundaries.utterances(failing.flux(), FORMAT))
                .then(() -> failing.next(open).error(new IllegalStateException("gone")))
                .expectErrorMessage("gone")
                .verify(BOUND);
        open.assertCancelled();
    }

    @Test
    void lastUtteranceGoesOnAfterItsSourceHasCompleted() {
        for (boolean fails : new boolean[] {false, true}) {
            TestPublisher<Publisher<ByteBuffer>> source = TestPublisher.create();
            TestPublisher<ByteBuffer> utterance = TestPublisher.create();
            StepVerifier.Step<Object> first = StepVerifier.create(
                            CommitBoundaries.utterances(source.flux(), FORMAT).map(Signals::shape))
                    .then(() -> source.next(utterance).complete())
                    .then(() -> utterance.next(ByteBuffer.allocate(3), ByteBuffer.allocate(3)))
                    .expectNext(2, 4);
            if (fails) {
                first.then(() -> utterance.error(new IllegalStateException("unplugged")))
                        .expectErrorMessage("unplugged")
                        .verify(BOUND);
            } else {
                first.then(utterance::complete).expectNext("C").expectComplete().verify(BOUND);
            }
        }
    }

    @Test
    void emptyLastUtteranceEndsTheStream() {
        TestPublisher<Publisher<ByteBuffer>> source = TestPublisher.create();
        TestPublisher<ByteBuffer> utterance = TestPublisher.create();
        StepVerifier.create(CommitBoundaries.utterances(source.flux(), FORMAT))
                .then(() -> source.next(utterance).complete())
                .then(utterance::complete)
                .expectComplete()
                .verify(BOUND);
    }

    @Test
    void longUtteranceIsCutAndSaidSo() {
        ListAppender<ILoggingEvent> appender = new ListAppender<>();
        Logger logger = (Logger) LoggerFactory.getLogger(CommitBoundaries.class);
        logger.setLevel(Level.INFO);
        logger.setAdditive(false);
        appender.start();
        logger.addAppender(appender);
        try {
            int minute = (int) FORMAT.bytesIn(Duration.ofSeconds(60));
            assertThat(shape(CommitBoundaries.atEnd(FORMAT), sizes(minute)))
                    .as("no longer than allowed")
                    .containsExactly(minute, "C");
            assertThat(appender.list).isEmpty();

            assertThat(shape(CommitBoundaries.atEnd(FORMAT), sizes(minute + 2))).containsExactly(minute, "C", 2, "C");
            assertThat(appender.list).singleElement().satisfies(event -> {
                assertThat(event.getLevel()).isEqualTo(Level.INFO);
                assertThat(event.getFormattedMessage()).contains("PT1M,").contains("PT1M after");
            });

            CommitBoundaries shorter =
                    CommitBoundaries.when(Flux.never(), FORMAT).withMaxUtterance(TEN_MS);
            assertThat(shape(shorter, sizes(100, 100, 122))).containsExactly(100, 60, "C", 40, 120, "C", 2, "C");
            assertThat(shape(CommitBoundaries.utterances(Flux.just(sizes(162), sizes(2)), FORMAT, TEN_MS)))
                    .containsExactly(160, "C", 2, "C", 2, "C");
            assertThat(appender.list).hasSize(4);
        } finally {
            logger.detachAppender(appender);
            logger.setAdditive(true);
            logger.setLevel(null);
        }
    }

    @Test
    void silenceIsCutAtTheGreatestLengthToo() {
        CommitBoundaries boundaries =
                CommitBoundaries.onSilence(TEN_MS, FORMAT).withMaxUtterance(Duration.ofMillis(15));
        assertThat(shape(boundaries, sizes(500))).containsExactly(240, "C", 240, "C", 20, "C");
    }

    @Test
    void badNumbersAreRefused() {
        for (Duration length : List.of(
                Duration.ZERO,
                Duration.ofNanos(124_999),
                Duration.ofSeconds(-1),
                Duration.ofSeconds(60).plusNanos(1),
                Duration.ofDays(1_000_000))) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CommitBoundaries.every(length, FORMAT))
                    .withMessageContaining("at most 60 s");
            assertThatIllegalArgumentException().isThrownBy(() -> CommitBoundaries.onSilence(length, FORMAT));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CommitBoundaries.atEnd(FORMAT).withMaxUtterance(length));
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> CommitBoundaries.utterances(Flux.empty(), FORMAT, length));
        }
        AudioFormat opus = new AudioFormat(AudioFormat.Encoding.OPUS, 16_000);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> CommitBoundaries.atEnd(opus))
                .withMessageContaining("PCM");
        assertThatIllegalArgumentException().isThrownBy(() -> CommitBoundaries.every(TEN_MS, opus));
        assertThatIllegalArgumentException().isThrownBy(() -> CommitBoundaries.when(Flux.empty(), opus));
        assertThatIllegalArgumentException().isThrownBy(() -> CommitBoundaries.onSilence(TEN_MS, opus));
        assertThatIllegalArgumentException().isThrownBy(() -> CommitBoundaries.utterances(Flux.empty(), opus));
    }

    @Test
    void fusedSourcesGiveTheSame() {
        CommitBoundaries boundaries = CommitBoundaries.every(TEN_MS, FORMAT);
        List<Object> expected = shape(boundaries, Flux.range(1, 50).hide().map(ByteBuffer::allocate));
        assertThat(shape(boundaries, Flux.range(1, 50).map(ByteBuffer::allocate)))
                .isEqualTo(expected);
        assertThat(shape(boundaries, Flux.range(1, 50).map(ByteBuffer::allocate).publishOn(Schedulers.parallel())))
                .isEqualTo(expected);
        assertThat(Signals.shape(Flux.range(1, 50)
                        .map(ByteBuffer::allocate)
                        .transform(boundaries)
                        .publishOn(Schedulers.parallel(), 1)
                        .collectList()
                        .block(BOUND)))
                .isEqualTo(expected);
    }

    /** The same bytes give the same commits however they are cut and requested. */
    @Test
    void chunksOfTheSourceHaveNoInfluence() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        for (int round = 0; round < 150; round++) {
            AudioFormat format = random.nextBoolean() ? AudioFormat.PCM_8K : AudioFormat.PCM_16K;
            byte[] audio =
                    Signals.bursts(format, random, random.ints(6, 50, 400).toArray());
            Duration length = Duration.ofNanos(1_000_000 + random.nextInt(400_000_000));
            CommitBoundaries boundaries = List.of(
                            CommitBoundaries.atEnd(format),
                            CommitBoundaries.every(length, format),
                            CommitBoundaries.onSilence(Duration.ofMillis(100), format))
                    .get(random.nextInt(3))
                    .withMaxUtterance(random.nextBoolean() ? CommitBoundaries.MAX_UTTERANCE : length);
            String name = "seed " + seed + ", round " + round;

            Signals.Timeline whole = timeline(Flux.just(ByteBuffer.wrap(audio)), boundaries, Integer.MAX_VALUE);
            assertThat(whole.audio()).as(name).isEqualTo(ByteBuffer.wrap(audio));
            assertThat(whole.commits()).as(name).doesNotHaveDuplicates().doesNotContain(0L);
            assertThat(whole.commits()).as(name).allMatch(at -> at % 2 == 0).endsWith((long) audio.length);
            for (int most : new int[] {1, 7, 333, 20_000}) {
                Flux<ByteBuffer> cut = Signals.randomChunks(audio, most, random);
                Signals.Timeline same = timeline(cut, boundaries, 1 + random.nextInt(3));
                assertThat(same.commits()).as(name).isEqualTo(whole.commits());
                assertThat(same.audio()).as(name).isEqualTo(whole.audio());
            }
        }
    }

    private static Signals.Timeline timeline(Flux<ByteBuffer> audio, CommitBoundaries boundaries, int rate) {
        return Signals.read(audio.transform(boundaries)
                .map(Signals::own)
                .limitRate(rate)
                .collectList()
                .block(BOUND));
    }
}
