package io.qwenasr.reactor.resume;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioLedger;
import io.qwenasr.AudioLedger.State;
import io.qwenasr.AudioSignal;
import io.qwenasr.HandshakeRejectedException;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.QwenAsrException;
import io.qwenasr.ReconnectFailedException;
import io.qwenasr.ServerError;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.SessionTimeoutException;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.Summary;
import io.qwenasr.reactor.SessionListener;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import io.qwenasr.session.ClientSession;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.reactivestreams.Subscription;
import reactor.core.Disposable;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;
import reactor.test.scheduler.VirtualTimeScheduler;

class ResumingTranscriberTest {

    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final SessionOptions VAD = SessionOptions.defaults();
    private static final ReconnectPolicy AT_ONCE =
            new ReconnectPolicy(3, Duration.ofMillis(1), Duration.ofMillis(1), 0, Duration.ofSeconds(30));
    private final QwenAsrException lost = new SessionTimeoutException(
            SessionTimeoutException.Awaited.SIGN_OF_LIFE,
            "sign of life",
            Duration.ofSeconds(1),
            SessionPhase.STREAMING,
            null);

    private static Duration s(double seconds) {
        return Duration.ofMillis(Math.round(seconds * 1_000));
    }

    /** Tenths of seconds. */
    private static Flux<AudioSignal> audio(int chunks) {
        return Flux.range(0, chunks).map(i -> AudioSignal.chunk(ByteBuffer.allocate(3_200)));
    }

    private static ResumingTranscriber resuming(Transcriber... sessions) {
        AtomicInteger next = new AtomicInteger();
        return ResumingTranscriber.of((audio, options) ->
                        sessions[Math.min(next.getAndIncrement(), sessions.length - 1)].transcribe(audio, options))
                .reconnecting(AT_ONCE);
    }

    private static <T> List<T> only(Class<T> type, List<TranscriptionEvent> events) {
        return events.stream().filter(type::isInstance).map(type::cast).toList();
    }

    private static AudioLedger ledger(List<TranscriptionEvent> events) {
        return ((Summary) events.get(events.size() - 1)).ledger();
    }

    private final Transcriber refused = (audio, options) -> Flux.error(lost);

    @Test
    void changesNothingWhereNothingFails() {
        Transcriber one = ScriptedTranscriber.script()
                .utterance(s(0.5), s(1.5), "good morning")
                .build();
        List<TranscriptionEvent> plain =
                one.transcribe(audio(20), VAD).collectList().block(LIMIT);
        List<TranscriptionEvent> resumed = ResumingTranscriber.of(one)
                .transcribe(audio(20), VAD)
                .collectList()
                .block(LIMIT);
        assertThat(resumed.subList(1, resumed.size() - 1))
                .hasSize(plain.size() - 1)
                .doesNotHaveAnyElementsOfTypes(Reconnected.class);
        assertThat(only(Final.class, resumed)).hasSize(1);
        assertThat(ledger(resumed).total(State.SETTLED)).isEqualTo(s(2));
    }

    @Test
    void keepsTheIdOfAnUtteranceThatWasCutAndGivesItsFinalOnce() {
        Transcriber dies = ScriptedTranscriber.script()
                .utterance(s(0.2), s(0.8), "one")
                .utterance(s(1.2), s(3), "two three four")
                .at(s(2))
                .fail(lost)
                .build();
        // It begins to listen at 0.8 s.
        Transcriber second = ScriptedTranscriber.script()
                .utterance(s(0.4), s(2.2), "two three four")
                .build();
        List<TranscriptionEvent> events =
                resuming(dies, second).transcribe(audio(40), VAD).collectList().block(LIMIT);
        List<Final> finals = only(Final.class, events);
        assertThat(finals).extracting(Final::transcript).containsExactly("one", "two three four");
        assertThat(finals.get(1).start()).isEqualTo(s(1.2));
        assertThat(finals.get(1).end()).isEqualTo(s(3));
        assertThat(only(SpeechStarted.class, events)).hasSize(2).doesNotHaveDuplicates();
        String id = finals.get(1).itemId();
        assertThat(only(SpeechStarted.class, events).get(1).itemId()).isEqualTo(id);
        assertThat(only(Partial.class, events).stream()
                        .filter(partial -> partial.itemId().equals(id)))
                .hasSizeGreaterThan(3);
        Reconnected reconnected = only(Reconnected.class, events).get(0);
        assertThat(reconnected.cause()).isSameAs(lost);
        assertThat(reconnected.attempt()).isOne();
        assertThat(reconnected.lost()).isZero();
        assertThat(reconnected.replayed()).isBetween(s(1.1), s(1.4));
        assertThat(only(SessionReady.class, events)).hasSize(1);
    }

    @Test
    void sendsWhatWasSaidBeforeThereWasASession() {
        ScriptedTranscriber late = ScriptedTranscriber.finals("hello");
        Sinks.Many<AudioSignal> microphone = Sinks.many().unicast().onBackpressureBuffer();
        Sinks.Empty<Void> connected = Sinks.empty();
        Transcriber slow =
                (audio, options) -> connected.asMono().thenMany(Flux.defer(() -> late.transcribe(audio, options)));
        List<TranscriptionEvent> events = new ArrayList<>();
        ResumingTranscriber.of(slow).transcribe(microphone.asFlux(), VAD).subscribe(events::add);
        byte[] said = {1, 2, 3, 4};
        microphone.tryEmitNext(AudioSignal.chunk(ByteBuffer.wrap(said))).orThrow();
        said[0] = 9;
        connected.tryEmitEmpty();
        microphone.tryEmitNext(AudioSignal.chunk(ByteBuffer.allocate(32_000))).orThrow();
        microphone.tryEmitComplete();
        assertThat(late.session(1).audio()).hasSize(32_004).startsWith(1, 2, 3, 4);
        assertThat(only(Final.class, events)).hasSize(1);
    }

    @Test
    void declaresLostWhatItNoLongerKeepsAndGoesOn() {
        Transcriber dies = ScriptedTranscriber.script()
                .emit(new SpeechStarted("a", Duration.ZERO))
                .at(s(5))
                .fail(lost)
                .build();
        ScriptedTranscriber second = ScriptedTranscriber.finals("the rest");
        List<TranscriptionEvent> events = resuming(dies, second)
                .keeping(s(2))
                .transcribe(audio(60), VAD)
                .collectList()
                .block(LIMIT);
        Duration missing = only(Reconnected.class, events).get(0).lost();
        assertThat(missing).isBetween(s(2.9), s(3.1));
        AudioLedger ledger = ledger(events);
        assertThat(ledger.entries()).hasSize(2);
        assertThat(ledger.entries().get(0).state()).isEqualTo(State.LOST);
        assertThat(ledger.entries().get(0).reason()).contains("no longer kept");
        assertThat(ledger.total(State.LOST)).isEqualTo(missing);
        assertThat(ledger.offered()).isEqualTo(s(6));
        assertThat(second.session(1).bytes()).isEqualTo(AudioFormat.PCM_16K.bytesIn(s(6).minus(missing)));
    }

    @Test
    void transcribesAgainWhatADyingServerSaysHasFailed() {
        ServerError gone = new ServerError(null, "transcription_failed", "the transcription failed", null, null);
        Transcriber dies = ScriptedTranscriber.script()
                .emit(new SpeechStarted("a", s(0.5)))
                .at(s(1))
                .emit(new Failed("a", gone))
                .emit(new TranscriptionEvent.ErrorReported(gone))
                .fail(lost)
                .build();
        Transcriber second =
                ScriptedTranscriber.script().utterance(s(0.5), s(1.5), "whole").build();
        List<TranscriptionEvent> events =
                resuming(dies, second).transcribe(audio(20), VAD).collectList().block(LIMIT);
        assertThat(only(Failed.class, events)).isEmpty();
        assertThat(only(Final.class, events)).singleElement().satisfies(said -> {
            assertThat(said.itemId()).isEqualTo("a");
            assertThat(said.transcript()).isEqualTo("whole");
        });
    }

    @Test
    void tellsOfAnUtteranceThatFailedOnceTheSessionGoesOnOrIsSilent() {
        ServerError unclear = new ServerError(null, null, "not a word", null, null);
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        Sinks.Many<AudioSignal> microphone = Sinks.many().unicast().onBackpressureBuffer();
        List<TranscriptionEvent> events = new ArrayList<>();
        Transcriber one = ScriptedTranscriber.script()
                .at(s(1))
                .failUtterance(unclear)
                .at(s(2))
                .say("next")
                .at(s(3))
                .failUtterance(unclear)
                .build();
        ResumingTranscriber.of(one)
                .on(time)
                .transcribe(microphone.asFlux(), VAD)
                .subscribe(events::add);
        Runnable second = () -> microphone
                .tryEmitNext(AudioSignal.chunk(ByteBuffer.allocate(32_000)))
                .orThrow();
        second.run();
        assertThat(only(Failed.class, events)).isEmpty();
        second.run();
        assertThat(only(Failed.class, events)).hasSize(1);
        assertThat(events.indexOf(only(Failed.class, events).get(0)))
                .isLessThan(events.indexOf(only(Final.class, events).get(0)));
        second.run();
        time.advanceTimeBy(s(0.999));
        assertThat(only(Failed.class, events)).hasSize(1);
        time.advanceTimeBy(s(0.001));
        assertThat(only(Failed.class, events)).hasSize(2);
    }

    @Test
    void replaysWholeSamplesHoweverTheAudioWasCut() {
        Transcriber dies = ScriptedTranscriber.script()
                .emit(new SpeechStarted("a", Duration.ZERO))
                .at(s(3))
                .fail(lost)
                .build();
        ScriptedTranscriber second = ScriptedTranscriber.finals("the rest");
        byte[] samples = new byte[200_000];
        for (int i = 0; i < samples.length; i += 2) {
            samples[i + 1] = 1;
        }
        Flux<AudioSignal> oddChunks = Flux.range(0, samples.length / 1_599)
                .map(i -> AudioSignal.chunk(
                        ByteBuffer.wrap(samples, i * 1_599, 1_599).slice()));
        resuming(dies, second).keeping(s(1)).transcribe(oddChunks, VAD).blockLast(LIMIT);
        assertThat(second.session(1).audio()[0]).isZero();
    }

    @Test
    void asksTheSourceForNoMoreThanItKeepsWhileThereIsNoSession() {
        TestPublisher<AudioSignal> source = TestPublisher.create();
        AtomicInteger requested = new AtomicInteger();
        ResumingTranscriber.of((audio, options) -> Flux.never())
                .keeping(s(1))
                .transcribe(source.flux().doOnRequest(n -> requested.addAndGet((int) n)), VAD)
                .subscribe();
        for (int i = 0; i < 10; i++) {
            assertThat(requested).hasValue(i + 1);
            source.next(AudioSignal.chunk(ByteBuffer.allocate(3_200)));
        }
        assertThat(requested).hasValue(10);
    }

    @Test
    void tellsOfGapsOnceAndCountsThem() {
        Transcriber dies = ScriptedTranscriber.script().at(s(3)).fail(lost).build();
        Transcriber second =
                ScriptedTranscriber.script().utterance(s(2.5), s(2.9), "late").build();
        Flux<AudioSignal> signals = Flux.concat(audio(10), Flux.just(AudioSignal.gap(s(1.5))), audio(30));
        List<TranscriptionEvent> events =
                resuming(dies, second).transcribe(signals, VAD).collectList().block(LIMIT);
        assertThat(only(AudioDropped.class, events)).containsExactly(new AudioDropped(s(1), s(2.5)));
        Final late = only(Final.class, events).get(0);
        // 2.5 s of audio, and the gap, which is not sent again.
        assertThat(late.start()).isEqualTo(s(4));
        AudioLedger ledger = ledger(events);
        assertThat(ledger.entries())
                .extracting(AudioLedger.Entry::state)
                .containsExactly(State.SETTLED, State.LOST, State.SETTLED);
        assertThat(ledger.total(State.LOST)).isEqualTo(s(1.5));
    }

    @Test
    void givesUpAfterTheAttemptsInARow() {
        List<TranscriptionEvent> events = new ArrayList<>();
        StepVerifier.create(resuming(refused).transcribe(audio(5), VAD).doOnNext(events::add))
                .expectNextCount(1)
                .expectErrorSatisfies(e -> assertThat(e)
                        .isInstanceOfSatisfying(
                                ReconnectFailedException.class,
                                gaveUp -> assertThat(gaveUp.attempts()).containsExactly(lost, lost, lost, lost))
                        .hasMessageContaining("after 4 failures in a row: no sign of life")
                        .hasMessageContaining("(4 times)")
                        .hasCause(lost))
                .verify(LIMIT);
        assertThat(ledger(events).total(State.WAITING)).isEqualTo(s(0.5));
    }

    @Test
    void doesNotTryAgainWhatCannotSucceedNorWhatTheAudioFailedWith() {
        InvalidSignalException wrong = new InvalidSignalException("wrong", SessionPhase.STREAMING, null);
        AtomicInteger sessions = new AtomicInteger();
        Transcriber refuses = (audio, options) -> {
            sessions.incrementAndGet();
            return Flux.error(wrong);
        };
        StepVerifier.create(resuming(refuses).transcribe(audio(5), VAD))
                .expectNextCount(1)
                .expectErrorSatisfies(e -> assertThat(e).isSameAs(wrong))
                .verify(LIMIT);
        assertThat(sessions).hasValue(1);
        StepVerifier.create(resuming(ScriptedTranscriber.finals("x"))
                        .transcribe(audio(5).concatWith(Flux.error(lost)), VAD)
                        .filter(Summary.class::isInstance))
                .expectNextCount(1)
                .expectErrorSatisfies(e -> assertThat(e).isSameAs(lost))
                .verify(LIMIT);
    }

    @Test
    void waitsAsLongAsAHandshakeWasToldTo() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        HandshakeRejectedException busy =
                new HandshakeRejectedException("ws://host", 503, Map.of("retry-after", "7"), null);
        List<TranscriptionEvent> events = new ArrayList<>();
        resuming((audio, options) -> Flux.error(busy), ScriptedTranscriber.finals("x"))
                .on(time)
                .transcribe(audio(5), VAD)
                .subscribe(events::add);
        time.advanceTimeBy(Duration.ofMillis(6_999));
        assertThat(events).isEmpty();
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(only(Final.class, events)).hasSize(1);
        assertThat(only(Reconnected.class, events).get(0).cause()).isSameAs(busy);
    }

    @Test
    void waitsNoLongerThanItsPolicyAllows() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        HandshakeRejectedException busy = new HandshakeRejectedException(
                "ws://host", 503, Map.of("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT"), null);
        List<TranscriptionEvent> events = new ArrayList<>();
        resuming((audio, options) -> Flux.error(busy), ScriptedTranscriber.finals("x"))
                .on(time)
                .transcribe(audio(5), VAD)
                .subscribe(events::add);
        time.advanceTimeBy(Duration.ofMinutes(5).minusMillis(1));
        assertThat(events).isEmpty();
        time.advanceTimeBy(Duration.ofMillis(1));
        assertThat(only(Final.class, events)).hasSize(1);
        ReconnectPolicy patient = new ReconnectPolicy(1, s(1), s(9), 0, s(1), s(3));
        assertThat(patient.delay(1, busy, new java.util.Random())).isEqualTo(s(3));
        assertThat(patient.delay(4, busy, new java.util.Random())).isEqualTo(s(8));
    }

    @Test
    void keepsAFailureBackForAWholeSecondOfItsOwn() {
        HandServer server = new HandServer().with(VAD, r -> r);
        ServerError unclear = new ServerError(null, null, "not a word", null, null);
        server.hears(3);
        HandServer.Session one = server.last();
        one.started("a", 0);
        one.say(new Failed("a", unclear));
        server.pass(0.2);
        one.started("b", 1);
        server.pass(0.7);
        one.say(new Failed("b", unclear));
        server.pass(0.999);
        assertThat(server.only(Failed.class)).hasSize(1);
        server.pass(0.001);
        assertThat(server.only(Failed.class)).hasSize(2);
    }

    @Test
    void readsNothingAheadForASessionThatIsCancelled() {
        AtomicInteger read = new AtomicInteger();
        TestPublisher<TranscriptionEvent> said = TestPublisher.create();
        Transcriber few = (audio, options) -> said.flux()
                .doOnSubscribe(s -> audio.subscribe(new BaseSubscriber<AudioSignal>() {
                    @Override
                    protected void hookOnSubscribe(Subscription subscription) {
                        request(550);
                    }
                }));
        Disposable listening = ResumingTranscriber.of(few)
                .transcribe(audio(100_000).doOnNext(signal -> read.incrementAndGet()), VAD)
                .subscribe();
        said.next(new SpeechStarted("a", s(1)));
        said.next(new TranscriptionEvent.SpeechStopped("a", s(54)));
        said.next(new Final("a", "A", null, null, s(1), s(54)));
        assertThat(read).hasValue(600);
        listening.dispose();
        assertThat(read).hasValue(600);
    }

    @Test
    void asksForNoMoreThanItKeepsWhateverASessionAsksFor() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        TestPublisher<TranscriptionEvent> said = TestPublisher.create();
        AtomicInteger read = new AtomicInteger();
        AtomicInteger sessions = new AtomicInteger();
        Transcriber greedy = (audio, options) -> sessions.incrementAndGet() > 1
                ? Flux.never()
                : said.flux().doOnSubscribe(s -> audio.subscribe(new BaseSubscriber<AudioSignal>() {}));
        Sinks.Many<AudioSignal> microphone = Sinks.many().unicast().onBackpressureBuffer();
        ResumingTranscriber.of(greedy)
                .keeping(s(1))
                .reconnecting(AT_ONCE)
                .on(time)
                .transcribe(microphone.asFlux().doOnNext(signal -> read.incrementAndGet()), VAD)
                .subscribe();
        microphone.tryEmitNext(HandServer.chunk(0)).orThrow();
        said.error(lost);
        time.advanceTimeBy(s(1));
        assertThat(sessions).hasValue(2);
        for (int i = 1; i < 600; i++) {
            microphone.tryEmitNext(HandServer.chunk(i)).orThrow();
        }
        // What it keeps, and what was on the way when the session was lost.
        assertThat(read.get()).isBetween(10, 20);
    }

    @Test
    void endsWithTheErrorOfASessionThatCannotTakeItsAudio() {
        IllegalStateException broken = new IllegalStateException("broken");
        Transcriber breaks = (audio, options) -> Flux.<AudioSignal>from(audio)
                .doOnNext(signal -> {
                    throw broken;
                })
                .thenMany(Flux.never());
        StepVerifier.create(ResumingTranscriber.of(breaks).transcribe(audio(5), VAD))
                .expectNextCount(1)
                .expectErrorSatisfies(e -> assertThat(e).isSameAs(broken))
                .verify(LIMIT);
    }

    @Test
    void declaresLostWhatItNoLongerKeepsAlsoWhenItGivesUp() {
        HandServer server = new HandServer()
                .refusing(attempt -> attempt > 1)
                .with(VAD, r -> r.keeping(s(2)).reconnecting(new ReconnectPolicy(1, s(1), s(1), 0, s(30))));
        server.last().started("a", 0);
        server.hears(6);
        server.last().dies();
        server.pass(1);
        assertThat(server.failure()).isInstanceOf(ReconnectFailedException.class);
        assertThat(server.ledger().entries())
                .containsExactly(HandServer.unkept(0, 4), HandServer.entry(4, 6, State.WAITING));
    }

    @Test
    void showsItsLedgerWhileItRunsAndAfterItWasCancelled() {
        AtomicReference<Supplier<AudioLedger>> ledger = new AtomicReference<>(() -> new AudioLedger(List.of()));
        SessionListener listener = new SessionListener() {
            @Override
            public void onSession(ClientSession session) {}

            @Override
            public void onLedger(Supplier<AudioLedger> read) {
                ledger.set(read);
            }
        };
        Sinks.Many<AudioSignal> microphone = Sinks.many().unicast().onBackpressureBuffer();
        TestPublisher<TranscriptionEvent> said = TestPublisher.create();
        Transcriber one = (audio, options) -> said.flux()
                .doOnSubscribe(s -> audio.subscribe(new BaseSubscriber<AudioSignal>() {
                    @Override
                    protected void hookOnSubscribe(Subscription subscription) {
                        request(30);
                    }
                }));
        Disposable listening = ResumingTranscriber.of(one)
                .transcribe(microphone.asFlux(), VAD)
                .contextWrite(listener::in)
                .subscribe();
        for (int i = 0; i < 40; i++) {
            microphone.tryEmitNext(HandServer.chunk(i)).orThrow();
        }
        said.next(new SpeechStarted("a", s(0.5)));
        said.next(new TranscriptionEvent.SpeechStopped("a", s(1)));
        said.next(new Final("a", "A", null, null, s(0.5), s(1)));
        List<AudioLedger.Entry> expected =
                List.of(HandServer.entry(0, 1, State.SETTLED), HandServer.entry(1, 3, State.SENT));
        assertThat(ledger.get().get().entries()).isEqualTo(expected);
        listening.dispose();
        assertThat(ledger.get().get().entries()).isEqualTo(expected);
    }

    @Test
    void cancelsWhileItWaits() {
        VirtualTimeScheduler time = VirtualTimeScheduler.create();
        TestPublisher<AudioSignal> source = TestPublisher.create();
        AtomicInteger sessions = new AtomicInteger();
        resuming((audio, options) -> {
                    sessions.incrementAndGet();
                    return Flux.error(lost);
                })
                .on(time)
                .transcribe(source.flux(), VAD)
                .subscribe()
                .dispose();
        time.advanceTimeBy(Duration.ofMinutes(1));
        assertThat(sessions).hasValue(1);
        source.assertCancelled();
    }

    @Test
    void refusesOpusAndValuesOutOfRange() {
        ResumingTranscriber any = ResumingTranscriber.of(refused);
        SessionOptions opus = SessionOptions.builder()
                .format(new AudioFormat(AudioFormat.Encoding.OPUS, 16_000))
                .build();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> any.transcribe(audio(1), opus))
                .withMessageContaining("PCM");
        assertThatIllegalArgumentException().isThrownBy(() -> any.keeping(Duration.ZERO));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new ReconnectPolicy(0, s(1), s(1), 0, s(1)))
                .withMessageContaining("maxAttempts");
    }

    @Test
    void delaysDoubleUpToALimitAndAreSpread() {
        ReconnectPolicy policy = new ReconnectPolicy(10, s(1), s(5), 0.5, s(30));
        java.util.Random random = new java.util.Random(1);
        for (int i = 0; i < 100; i++) {
            assertThat(policy.delay(1, lost, random)).isBetween(s(0.5), s(1));
            assertThat(policy.delay(2, lost, random)).isBetween(s(1), s(2));
            assertThat(policy.delay(60, lost, random)).isBetween(s(2.5), s(5));
        }
    }
}
