package io.qwenasr.samples.localengine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.SessionReady;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** With the real models, which are fetched if they are not in the cache yet. */
class LocalEngineTest {

    private static final SessionOptions VAD = SessionOptions.defaults();
    private static final Duration LIMIT = Duration.ofSeconds(100);

    private static LocalEngine engine;

    /** As long as npm may take for them. */
    @BeforeAll
    @Timeout(value = 15, unit = TimeUnit.MINUTES)
    static void load() {
        engine = LocalEngine.builder()
                .progress((stage, what, bytes, total) ->
                        System.out.println(stage + " " + what + " " + bytes + "/" + total))
                .load();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @AfterEach
    void everySessionHasEnded() {
        assertThat(engine.sessionCount()).isZero();
    }

    @Test
    void theDemoIsUnderstoodSentenceBySentence() {
        List<TranscriptionEvent> events = Speech.transcribe(engine, Speech.demo(), VAD);
        report("voice activity", events);
        assertThat(Speech.errors(events).rate()).isLessThanOrEqualTo(0.10);
        List<Final> finals = Speech.finals(events);
        assertThat(finals).hasSameSizeAs(DemoRecording.sentences());
        for (int i = 1; i < finals.size(); i++) {
            Duration pause = finals.get(i).start().minus(finals.get(i - 1).end());
            assertThat(pause.toMillis()).isBetween(700L, 1_500L);
        }
        assertThat(events).hasAtLeastOneElementOfType(TranscriptionEvent.Partial.class);
    }

    @Test
    void theDemoIsUnderstoodAsOneCommittedItem() {
        List<TranscriptionEvent> events = Speech.transcribe(engine, Speech.demo(), Speech.manual());
        report("manual", events);
        assertThat(Speech.errors(events).rate()).isLessThanOrEqualTo(0.10);
        assertThat(Speech.finals(events))
                .singleElement()
                .satisfies(last -> assertThat(last.end().toMillis()).isCloseTo(Speech.demo().length / 32, within(1L)));
    }

    @Test
    void telephoneAudioIsUnderstood() {
        List<TranscriptionEvent> events =
                Speech.transcribe(engine, Speech.telephone(Speech.demo()), Speech.telephoneOptions());
        report("8 kHz", events);
        assertThat(Speech.errors(events).rate()).isLessThanOrEqualTo(0.15);
    }

    @Test
    void theResultDoesNotDependOnHowTheAudioIsCut() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        List<ByteBuffer> chunks = Speech.randomChunks(Speech.sentence(), new Random(seed));
        List<TranscriptionEvent> cut = Speech.transcribe(engine, chunks, VAD);
        List<TranscriptionEvent> whole = Speech.transcribe(engine, List.of(ByteBuffer.wrap(Speech.sentence())), VAD);
        assertThat(Speech.withoutIds(cut)).isEqualTo(Speech.withoutIds(whole));
        assertThat(Speech.finals(cut)).hasSize(1);
    }

    @Test
    void sessionsAtOnceHearWhatOneAloneHears() {
        List<String> alone = Speech.withoutIds(Speech.transcribe(engine, Speech.sentence(), VAD));
        List<List<TranscriptionEvent>> together = Flux.range(0, 4)
                .flatMap(i -> engine.transcribe(Flux.fromIterable(Speech.chunks(Speech.sentence())), VAD)
                        .collectList())
                .collectList()
                .block(LIMIT);
        assertThat(together)
                .hasSize(4)
                .allSatisfy(events -> assertThat(Speech.withoutIds(events)).isEqualTo(alone));
    }

    @Test
    void silenceIsNoUtterance() {
        List<TranscriptionEvent> events = Speech.transcribe(engine, new byte[5 * 32_000], VAD);
        assertThat(events).singleElement().isInstanceOf(SessionReady.class);
    }

    @Test
    void noAudioIsNoUtterance() {
        assertThat(Speech.transcribe(engine, new byte[0], VAD)).hasSize(1);
        assertThat(Speech.transcribe(engine, new byte[0], Speech.manual())).hasSize(1);
    }

    @Test
    void speechAfterDigitalSilenceIsUnderstood() {
        byte[] pcm = Speech.concat(new byte[4 * 32_000], Speech.sentence());
        for (SessionOptions options : List.of(VAD, Speech.manual())) {
            List<TranscriptionEvent> events = Speech.transcribe(engine, pcm, options);
            assertThat(WordErrorRate.of(DemoRecording.sentences().get(0), Speech.transcript(events))
                            .rate())
                    .isLessThanOrEqualTo(0.1);
        }
    }

    @Test
    void committedSilenceIsAnItemWithoutWords() {
        List<TranscriptionEvent> events = Speech.transcribe(engine, new byte[2 * 32_000], Speech.manual());
        assertThat(Speech.finals(events))
                .singleElement()
                .satisfies(last -> assertThat(last.transcript()).isEmpty());
    }

    @Test
    void eachCommitIsAnItem() {
        AudioSignal sentence = AudioSignal.chunk(ByteBuffer.wrap(Speech.sentence()));
        List<TranscriptionEvent> events = engine.transcribe(
                        Flux.just(sentence, AudioSignal.commit(), sentence, AudioSignal.commit()), Speech.manual())
                .collectList()
                .block(LIMIT);
        Speech.checkRules(events, Speech.manual());
        List<Final> finals = Speech.finals(events);
        assertThat(finals).hasSize(2);
        assertThat(finals.get(1).transcript())
                .as("the same audio gives the same words")
                .isEqualTo(finals.get(0).transcript());
    }

    @Test
    void aShorterSilenceSplitsMore() {
        byte[] pcm = Speech.demo();
        SessionOptions patient =
                SessionOptions.builder().serverVad(0.2, Duration.ofSeconds(6)).build();
        SessionOptions hasty =
                SessionOptions.builder().serverVad(0.2, Duration.ofMillis(200)).build();
        assertThat(Speech.finals(Speech.transcribe(engine, pcm, patient))).hasSize(1);
        assertThat(Speech.finals(Speech.transcribe(engine, pcm, hasty))).hasSizeGreaterThanOrEqualTo(4);
    }

    @Test
    void eventsCanBeAskedForOneAtATime() {
        AtomicInteger given = new AtomicInteger();
        List<ByteBuffer> chunks = Speech.chunks(Speech.sentence());
        Flux<ByteBuffer> audio = Flux.fromIterable(chunks).doOnNext(chunk -> given.incrementAndGet());
        StepVerifier.create(engine.transcribe(audio, VAD), 0)
                .expectSubscription()
                .thenRequest(1)
                .expectNextMatches(SessionReady.class::isInstance)
                .then(() -> assertThat(given)
                        .as("no audio without a wish for events")
                        .hasValue(0))
                .thenRequest(1)
                .expectNextMatches(TranscriptionEvent.SpeechStarted.class::isInstance)
                .then(() -> assertThat(given)
                        .as("the audio stops where the events do")
                        .hasValueLessThan(chunks.size() / 2))
                .thenRequest(Long.MAX_VALUE)
                .thenConsumeWhile(event -> !(event instanceof Final))
                .expectNextMatches(Final.class::isInstance)
                .expectComplete()
                .verify(LIMIT);
        assertThat(given).hasValue(chunks.size());
    }

    @Test
    void requestingOneByOneGivesTheSameEvents() {
        List<TranscriptionEvent> all = Speech.transcribe(engine, Speech.sentence(), VAD);
        List<TranscriptionEvent> single = engine.transcribe(Flux.fromIterable(Speech.chunks(Speech.sentence())), VAD)
                .limitRate(1)
                .collectList()
                .block(LIMIT);
        assertThat(Speech.withoutIds(single)).isEqualTo(Speech.withoutIds(all));
    }

    @Test
    void cancellingInMidSpeechCancelsTheAudioAndFreesTheDecoder() {
        TestPublisher<ByteBuffer> audio = TestPublisher.create();
        StepVerifier.create(engine.transcribe(endless(audio), VAD))
                .thenConsumeWhile(event -> !(event instanceof TranscriptionEvent.Partial))
                .thenCancel()
                .verify(LIMIT);
        audio.assertCancelled();
        Await.until(() -> engine.sessionCount() == 0);
    }

    @Test
    void eventsComeOnTheEnginesOwnThreads() {
        List<String> threads = engine.transcribe(
                        Flux.fromIterable(Speech.chunks(Speech.sentence())).subscribeOn(Schedulers.parallel()), VAD)
                .map(event -> Thread.currentThread().getName())
                .distinct()
                .collectList()
                .block(LIMIT);
        assertThat(threads).isNotEmpty().allMatch(name -> name.startsWith("qwen-asr-local-"));
    }

    @Test
    void opusIsRefused() {
        SessionOptions opus = SessionOptions.builder()
                .format(new AudioFormat(AudioFormat.Encoding.OPUS, 16_000))
                .build();
        StepVerifier.create(engine.transcribe(Flux.<ByteBuffer>never(), opus))
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(UnsupportedAudioFormatException.class)
                        .hasMessageContaining("opus"));
    }

    @Test
    void closingEndsSessionsWithAnErrorAndRefusesNewOnes() {
        LocalEngine closing = LocalEngine.builder().threads(1).load();
        TestPublisher<ByteBuffer> audio = TestPublisher.create();
        StepVerifier.create(closing.transcribe(endless(audio), VAD))
                .thenConsumeWhile(event -> !(event instanceof TranscriptionEvent.Partial))
                .then(closing::close)
                .thenConsumeWhile(event -> true)
                .verifyErrorSatisfies(error -> assertThat(error)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("closed"));
        audio.assertCancelled();
        assertThat(closing.sessionCount()).isZero();
        closing.close();
        StepVerifier.create(closing.transcribe(Flux.<ByteBuffer>empty(), VAD)).verifyError(IllegalStateException.class);
    }

    @Test
    void closingInAnEventDoesNotWaitForItself() {
        LocalEngine closing = LocalEngine.builder().threads(1).load();
        AtomicReference<Thread> inEvent = new AtomicReference<>();
        CompletableFuture<TranscriptionEvent> closed = closing.transcribe(
                        Flux.fromIterable(Speech.chunks(Speech.sentence())), VAD)
                .doOnNext(event -> {
                    inEvent.set(Thread.currentThread());
                    closing.close();
                })
                .last()
                .toFuture();
        Await.until(() -> closed.isDone() || waitsForTheEnd(inEvent.get()));
        assertThat(closed).isDone();
        assertThatThrownBy(closed::join).hasCauseInstanceOf(IllegalStateException.class);
    }

    private static boolean waitsForTheEnd(@Nullable Thread thread) {
        return thread != null
                && Arrays.stream(thread.getStackTrace())
                        .anyMatch(call -> call.getClassName().equals(EngineThreads.class.getName())
                                && call.getMethodName().equals("await"));
    }

    @Test
    void aFolderWithABrokenModelIsRefused(@TempDir Path folder) throws IOException {
        Files.createDirectories(folder.resolve("am"));
        Files.writeString(folder.resolve("am/final.mdl"), "not a model");
        assertThatThrownBy(() -> LocalEngine.builder().modelFolder(folder).load())
                .isInstanceOfSatisfying(
                        EngineUnavailableException.class,
                        error -> assertThat(error.reason())
                                .isEqualTo(EngineUnavailableException.Reason.MODEL_FOLDER_INVALID))
                .hasMessageContaining(folder.toString());
    }

    /** The sentence, then silence for as long as anyone listens. */
    private static Flux<ByteBuffer> endless(TestPublisher<ByteBuffer> after) {
        return Flux.fromIterable(Speech.chunks(Speech.sentence())).mergeWith(after.flux());
    }

    private static void report(String what, List<TranscriptionEvent> events) {
        WordErrorRate errors = Speech.errors(events);
        System.out.printf(
                "%s: %d of %d words wrong: %s%n", what, errors.errors(), errors.words(), Speech.transcript(events));
    }
}
