package io.qwenasr.reactor.test;

import static io.qwenasr.reactor.test.TestSignals.MANUAL;
import static io.qwenasr.reactor.test.TestSignals.VAD;
import static io.qwenasr.reactor.test.TestSignals.chunk;
import static io.qwenasr.reactor.test.TestSignals.chunks;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.ServerError;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Cleared;
import io.qwenasr.TranscriptionEvent.Committed;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

class ScriptedTranscriberTest {

    private static final TranscriptionEvent READY = new SessionReady("sess_scripted_1", null);

    private static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    private static List<TranscriptionEvent> play(
            ScriptedTranscriber asr, Flux<AudioSignal> audio, SessionOptions options) {
        return asr.transcribe(audio, options).collectList().block(Duration.ofSeconds(10));
    }

    private static List<String> finals(ScriptedTranscriber asr, Flux<AudioSignal> audio, SessionOptions options) {
        return play(asr, audio, options).stream()
                .filter(Final.class::isInstance)
                .map(e -> ((Final) e).transcript())
                .toList();
    }

    @Test
    void tellsAWholeUtteranceOfEachSecond() {
        assertThat(play(ScriptedTranscriber.finals("one", "two"), chunks(25), VAD))
                .containsExactly(
                        READY,
                        new SpeechStarted("item_1_1", ms(0)),
                        new Partial("item_1_1", "", "one", null, null),
                        new SpeechStopped("item_1_1", ms(1_000)),
                        new Committed("item_1_1", null),
                        new Partial("item_1_1", "one", "", null, null),
                        new Final("item_1_1", "one", null, null, ms(0), ms(1_000)),
                        new SpeechStarted("item_1_2", ms(1_000)),
                        new Partial("item_1_2", "", "two", null, null),
                        new SpeechStopped("item_1_2", ms(2_000)),
                        new Committed("item_1_2", "item_1_1"),
                        new Partial("item_1_2", "two", "", null, null),
                        new Final("item_1_2", "two", null, null, ms(1_000), ms(2_000)));
    }

    @Test
    void saysAllFinalsHoweverShortTheAudioIs() {
        ScriptedTranscriber asr = ScriptedTranscriber.finals("one", "two", "three");
        assertThat(finals(asr, chunks(12), VAD)).containsExactly("one", "two", "three");
        assertThat(finals(asr, Flux.empty(), VAD)).containsExactly("one", "two", "three");
    }

    @Test
    void givesEachCommitItsItem() {
        Flux<AudioSignal> audio = Flux.concat(
                chunks(3),
                Flux.just(AudioSignal.commit(), AudioSignal.commit()),
                chunks(2),
                Flux.just(AudioSignal.commit()),
                chunks(1));
        assertThat(play(ScriptedTranscriber.finals("one", "two", "three", "four"), audio, MANUAL))
                .containsExactly(
                        READY,
                        new Committed("item_1_1", null),
                        new Partial("item_1_1", "one", "", null, null),
                        new Final("item_1_1", "one", null, null, ms(0), ms(300)),
                        new Committed("item_1_2", "item_1_1"),
                        new Partial("item_1_2", "two", "", null, null),
                        new Final("item_1_2", "two", null, null, ms(300), ms(500)),
                        new Committed("item_1_3", "item_1_2"),
                        new Partial("item_1_3", "three", "", null, null),
                        new Final("item_1_3", "three", null, null, ms(500), ms(600)));
    }

    @Test
    void failsAtACommitTooMany() {
        Flux<AudioSignal> audio = Flux.concat(chunks(1), Flux.just(AudioSignal.commit()), chunks(1));
        StepVerifier.create(ScriptedTranscriber.finals("one").transcribe(audio, MANUAL))
                .thenConsumeWhile(e -> true)
                .expectErrorMessage("the script has 1 finals, but this is utterance 2")
                .verify(Duration.ofSeconds(10));
    }

    @Test
    void givesUtterancesThatTheScriptDoesNotKnowAnEmptyResult() {
        ScriptedTranscriber asr =
                ScriptedTranscriber.script().onUtterance(2).say("two").build();
        assertThat(finals(asr, chunks(25), VAD)).containsExactly("", "two", "");
        ScriptedTranscriber nothing = ScriptedTranscriber.script().build();
        assertThat(finals(nothing, chunks(2), MANUAL)).containsExactly("");
        assertThat(play(nothing, chunks(20), VAD)).hasSize(1);
    }

    @Test
    void spreadsTheWordsOfALineOverItsAudio() {
        ScriptedTranscriber asr = ScriptedTranscriber.script()
                .utterance(ms(200), ms(800), "good morning")
                .build();
        SessionOptions english = SessionOptions.builder().language("en").build();
        StepVerifier.create(asr.transcribe(chunks(10), english), 0)
                .thenRequest(2)
                .expectNext(READY, new SpeechStarted("item_1_1", ms(200)))
                .then(() -> assertThat(asr.session(1).chunks()).isEqualTo(2))
                .thenRequest(1)
                .expectNext(new Partial("item_1_1", "", "good", "en", null))
                .then(() -> assertThat(asr.session(1).chunks()).isEqualTo(4))
                .thenRequest(1)
                .expectNext(new Partial("item_1_1", "good", " morning", "en", null))
                .then(() -> assertThat(asr.session(1).chunks()).isEqualTo(6))
                .thenRequest(10)
                .expectNext(
                        new SpeechStopped("item_1_1", ms(800)),
                        new Committed("item_1_1", null),
                        new Partial("item_1_1", "good morning", "", "en", null),
                        new Final("item_1_1", "good morning", "en", null, ms(200), ms(800)))
                .expectComplete()
                .verify(Duration.ofSeconds(10));
    }

    @Test
    void endsALineWithTheAudio() {
        ScriptedTranscriber asr = ScriptedTranscriber.script()
                .utterance(ms(100), ms(5_000), "good morning")
                .utterance(ms(6_000), ms(7_000), "never reached")
                .build();
        assertThat(play(asr, chunks(3), VAD))
                .endsWith(new Final("item_1_1", "good morning", null, null, ms(100), ms(300)))
                .hasSize(6);
    }

    @Test
    void refusesLinesInAManualSession() {
        ScriptedTranscriber asr =
                ScriptedTranscriber.script().utterance(ms(0), ms(100), "x").build();
        StepVerifier.create(asr.transcribe(chunks(3), MANUAL))
                .expectErrorSatisfies(e ->
                        assertThat(e).isInstanceOf(IllegalStateException.class).hasMessageContaining("manual"))
                .verify(Duration.ofSeconds(10));
    }

    @Test
    void happensWithinAChunkInTheOrderOfThePositions() {
        TranscriptionEvent a = new TranscriptionEvent.Unknown("a", "{}");
        TranscriptionEvent b = new TranscriptionEvent.Unknown("b", "{}");
        TranscriptionEvent c = new TranscriptionEvent.Unknown("c", "{}");
        ScriptedTranscriber asr = ScriptedTranscriber.script()
                .withoutReady()
                .at(ms(900))
                .emit(c)
                .atBytes(16_000)
                .emit(b)
                .at(Duration.ZERO)
                .emit(a)
                .at(ms(5_000))
                .emit(a)
                .build();
        assertThat(play(asr, Flux.just(chunk(1_000)), VAD)).containsExactly(a, b, c);
    }

    @Test
    void countsGapsOnTheTimeline() {
        TranscriptionEvent mark = new TranscriptionEvent.Unknown("a", "{}");
        ScriptedTranscriber asr = ScriptedTranscriber.script()
                .withoutReady()
                .onEachUtterance()
                .say("x")
                .at(ms(1_500))
                .emit(mark)
                .onGap(1)
                .say("lost")
                .build();
        assertThat(play(asr, Flux.concat(chunks(5), Flux.just(AudioSignal.gap(ms(2_000))), chunks(5)), VAD))
                .containsSubsequence(
                        new AudioDropped(ms(500), ms(2_500)),
                        new Final("item_1_2", "lost", null, null, ms(0), ms(500)),
                        mark,
                        new Final("item_1_1", "x", null, null, ms(0), ms(3_000)));
    }

    @Test
    void refusesAGapOfOpus() {
        SessionOptions opus = SessionOptions.builder()
                .format(new AudioFormat(AudioFormat.Encoding.OPUS, 16_000))
                .build();
        StepVerifier.create(ScriptedTranscriber.finals("x").transcribe(Flux.just(AudioSignal.gap(ms(20))), opus))
                .expectNext(READY)
                .expectError(InvalidSignalException.class)
                .verify(Duration.ofSeconds(10));
    }

    @Test
    void forgetsWhatIsCleared() {
        Flux<AudioSignal> audio =
                Flux.concat(chunks(3), Flux.just(AudioSignal.clear()), chunks(2), Flux.just(AudioSignal.commit()));
        ScriptedTranscriber asr = ScriptedTranscriber.script()
                .onEachUtterance()
                .say(heard -> heard.bytes() + " bytes")
                .onEachClear()
                .emit(new TranscriptionEvent.Unknown("cleared", "{}"))
                .build();
        assertThat(play(asr, audio, MANUAL))
                .containsExactly(
                        READY,
                        new Cleared(),
                        new TranscriptionEvent.Unknown("cleared", "{}"),
                        new Committed("item_1_1", null),
                        new Partial("item_1_1", "6400 bytes", "", null, null),
                        new Final("item_1_1", "6400 bytes", null, null, ms(300), ms(500)));
    }

    @Test
    void refusesCommitsAndClearsWhileItDetectsTheTurns() {
        for (AudioSignal signal : List.of(AudioSignal.commit(), AudioSignal.clear())) {
            StepVerifier.create(ScriptedTranscriber.finals("x").transcribe(Flux.just(signal), VAD))
                    .expectNextCount(1)
                    .expectError(InvalidSignalException.class)
                    .verify(Duration.ofSeconds(10));
        }
    }

    @Test
    void failsAnUtteranceAndGoesOn() {
        ServerError error = new ServerError(null, "noise", "too loud", null, null);
        ScriptedTranscriber asr = ScriptedTranscriber.script()
                .onUtterance(1)
                .failUtterance(error)
                .onUtterance(2)
                .say("two")
                .build();
        assertThat(play(asr, chunks(20), VAD))
                .containsSubsequence(
                        new Committed("item_1_1", null),
                        new Failed("item_1_1", error),
                        new Final("item_1_2", "two", null, null, ms(1_000), ms(2_000)));
    }

    @Test
    void failsWithTheVeryErrorAfterWhatCameBefore() {
        RuntimeException error = new IllegalStateException("on fire");
        ScriptedTranscriber asr = ScriptedTranscriber.script()
                .at(ms(300))
                .say("before")
                .fail(error)
                .say("after")
                .build();
        StepVerifier.create(asr.transcribe(chunks(10), VAD), 1)
                .expectNext(READY)
                .thenRequest(1)
                .expectNext(new SpeechStarted("item_1_1", ms(0)))
                .then(() -> assertThat(asr.session(1).end()).isNull())
                .thenRequest(10)
                .expectNextCount(3)
                .expectNextMatches(e -> e instanceof Final f && f.transcript().equals("before"))
                .expectErrorSatisfies(e -> assertThat(e).isSameAs(error))
                .verify(Duration.ofSeconds(10));
        assertThat(asr.session(1).chunks()).isEqualTo(3);
        assertThat(asr.session(1).end()).isEqualTo(ScriptedSession.End.FAILED);
        assertThat(asr.session(1).error()).isSameAs(error);
    }

    @Test
    void failsWithWhatTheScriptThrows() {
        ScriptedTranscriber asr = ScriptedTranscriber.script()
                .onEachUtterance()
                .say(heard -> {
                    throw new UnsupportedOperationException("no words");
                })
                .build();
        StepVerifier.create(asr.transcribe(chunks(2), MANUAL))
                .expectNextCount(2)
                .expectErrorMessage("no words")
                .verify(Duration.ofSeconds(10));
    }

    @Test
    void completesEarly() {
        ScriptedTranscriber asr =
                ScriptedTranscriber.script().at(ms(200)).complete().build();
        StepVerifier.create(asr.transcribe(Flux.concat(chunks(5), Flux.never()), VAD))
                .expectNext(READY)
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        assertThat(asr.session(1).chunks()).isEqualTo(2);
    }

    @Test
    void delaysInVirtualTimeWhileTheAudioGoesOn() {
        ScriptedTranscriber asr = ScriptedTranscriber.script()
                .onEachUtterance()
                .after(Duration.ofMinutes(5))
                .say(HeardUtterance::digest)
                .atEnd()
                .after(Duration.ofHours(1))
                .say("bye")
                .build();
        StepVerifier.withVirtualTime(() ->
                        asr.transcribe(chunks(20), VAD).ofType(Final.class).map(Final::itemId))
                .expectSubscription()
                .expectNoEvent(Duration.ofMinutes(5))
                .then(() -> assertThat(asr.session(1).isAudioComplete()).isTrue())
                .expectNext("item_1_1", "item_1_2")
                .expectNoEvent(Duration.ofMinutes(55))
                .expectNext("item_1_3")
                .expectComplete()
                .verify(Duration.ofSeconds(10));
    }

    @Test
    void hangsUntilItIsCancelled() {
        ScriptedTranscriber asr =
                ScriptedTranscriber.script().hang().finals("one").build();
        StepVerifier.withVirtualTime(() -> asr.transcribe(chunks(3), VAD))
                .expectSubscription()
                .expectNextCount(6)
                .expectNoEvent(Duration.ofDays(1))
                .thenCancel()
                .verify(Duration.ofSeconds(10));
        assertThat(asr.session(1).isAudioComplete()).isTrue();
        assertThat(asr.session(1).end()).isEqualTo(ScriptedSession.End.CANCELLED);
    }

    @Test
    void stopsListening() {
        ScriptedTranscriber asr =
                ScriptedTranscriber.script().at(ms(300)).stopListening().build();
        StepVerifier.withVirtualTime(() -> asr.transcribe(chunks(10), VAD))
                .expectSubscription()
                .expectNext(READY)
                .expectNoEvent(Duration.ofDays(1))
                .thenCancel()
                .verify(Duration.ofSeconds(10));
        assertThat(asr.session(1).requested()).isEqualTo(3);
    }

    @Test
    void playsAnotherScriptInEachSession() {
        ScriptedTranscriber asr = ScriptedTranscriber.inTurn(
                ScriptedTranscriber.script()
                        .atStart()
                        .fail(new IllegalStateException("first"))
                        .build(),
                ScriptedTranscriber.finals("second"));
        StepVerifier.create(asr.transcribe(chunks(3), VAD).retry(1).ofType(Final.class))
                .expectNextMatches(f -> f.itemId().equals("item_2_1"))
                .expectComplete()
                .verify(Duration.ofSeconds(10));
        assertThat(finals(asr, chunks(3), VAD)).containsExactly("second");
        assertThat(asr.sessions()).hasSize(3);
    }

    @Test
    void readsTheSameFromTheSameAudioHoweverItIsCut() {
        byte[] noise = TestSignals.noise(700, 1);
        byte[] silence = new byte[TestSignals.bytes(900)];
        ByteBuffer whole = ByteBuffer.allocate(2 * (noise.length + silence.length));
        whole.put(noise).put(silence).put(noise).put(silence).flip();
        for (int size : new int[] {1, 3, 639, 3_200, 1_000_000}) {
            Flux<AudioSignal> cut = Flux.range(0, (whole.remaining() + size - 1) / size)
                    .map(i -> AudioSignal.chunk(whole.slice(i * size, Math.min(size, whole.remaining() - i * size))));
            assertThat(play(ScriptedTranscriber.digest(), cut, VAD))
                    .as("in chunks of %s", size)
                    .isEqualTo(play(ScriptedTranscriber.digest(), Flux.just(AudioSignal.chunk(whole)), VAD))
                    .filteredOn(Final.class::isInstance)
                    .extracting(e -> ((Final) e).transcript())
                    .hasSize(2)
                    .allMatch(text -> text.startsWith("22400 bytes, crc "))
                    .satisfies(texts -> assertThat(texts.get(0)).isEqualTo(texts.get(1)));
        }
    }

    @Test
    void readsOtherwiseFromOtherAudio() {
        byte[] noise = TestSignals.noise(700, 1);
        List<String> before =
                finals(ScriptedTranscriber.digest(), Flux.just(AudioSignal.chunk(ByteBuffer.wrap(noise))), MANUAL);
        noise[777] ^= 64;
        assertThat(finals(ScriptedTranscriber.digest(), Flux.just(AudioSignal.chunk(ByteBuffer.wrap(noise))), MANUAL))
                .isNotEqualTo(before);
    }

    @Test
    void endsUtterancesAtTheConfiguredSilence() {
        byte[] noise = TestSignals.noise(300, 1);
        ByteBuffer audio = ByteBuffer.allocate(2 * noise.length + TestSignals.bytes(300));
        audio.put(noise)
                .position(noise.length + TestSignals.bytes(300))
                .put(noise)
                .flip();
        Flux<AudioSignal> signals = Flux.just(AudioSignal.chunk(audio));
        SessionOptions quick = SessionOptions.builder().serverVad(0, ms(300)).build();
        SessionOptions slow = SessionOptions.builder().serverVad(0, ms(400)).build();
        assertThat(finals(ScriptedTranscriber.digest(), signals, quick)).hasSize(2);
        assertThat(play(ScriptedTranscriber.digest(), signals, quick))
                .contains(new SpeechStopped("item_1_1", ms(300)), new SpeechStarted("item_1_2", ms(600)));
        assertThat(finals(ScriptedTranscriber.digest(), signals, slow))
                .singleElement()
                .asString()
                .startsWith("28800 bytes");
    }

    @Test
    void checksTheSilenceWithinAnUtterance() {
        ByteBuffer audio = ByteBuffer.allocate(TestSignals.bytes(700));
        audio.put(TestSignals.noise(200, 1)).position(TestSignals.bytes(500)).put(TestSignals.noise(200, 2));
        CRC32 expected = new CRC32();
        expected.update(audio.flip().duplicate());
        ScriptedTranscriber asr = ScriptedTranscriber.script()
                .utterancesBetweenSilence()
                .onEachUtterance()
                .say(heard -> heard.number() + " " + heard.crc32() + " " + heard.start() + " " + heard.end())
                .build();
        Flux<AudioSignal> signals = Flux.just(chunk(300), AudioSignal.chunk(audio), chunk(1_000));
        assertThat(finals(asr, signals, VAD)).containsExactly("1 " + expected.getValue() + " PT0.3S PT1S");
    }

    @Test
    void keepsWhatItWasGiven() {
        ScriptedTranscriber asr = ScriptedTranscriber.finals("one");
        ByteBuffer buffer = ByteBuffer.wrap(new byte[] {1, 2, 3, 4});
        Flux<AudioSignal> audio = Flux.<AudioSignal>just(AudioSignal.chunk(buffer), AudioSignal.commit())
                .doOnComplete(() -> buffer.put(0, (byte) 9));
        play(asr, audio, MANUAL);
        ScriptedSession session = asr.session(1);
        assertThat(session.options()).isEqualTo(MANUAL);
        assertThat(session.audio()).containsExactly(1, 2, 3, 4);
        assertThat(session.signals()).hasSize(2).last().isEqualTo(AudioSignal.commit());
        assertThat(session.bytes()).isEqualTo(4);
        assertThat(session.commits()).isEqualTo(1);
        assertThat(session.crc32()).isEqualTo(0xb63cfbcdL);
        assertThat(session.events()).isEqualTo(4);
        assertThat(session.whenEnded().block(Duration.ofSeconds(10))).isEqualTo(ScriptedSession.End.COMPLETED);
        assertThat(buffer.position()).isZero();
        assertThatThrownBy(() -> asr.session(2)).hasMessage("there is no session 2; 1 have begun");
    }

    @Test
    void keepsOnlyCountsWhereAsked() {
        ScriptedTranscriber asr = ScriptedTranscriber.script().withoutSignals().build();
        play(asr, chunks(3), VAD);
        assertThat(asr.session(1).chunks()).isEqualTo(3);
        assertThatThrownBy(() -> asr.session(1).signals()).hasMessageContaining("withoutSignals()");
    }

    @Test
    void refusesWhatCannotBeAScript() {
        ScriptedTranscriber.Builder script = ScriptedTranscriber.script();
        assertThatThrownBy(() -> script.onUtterance(0)).hasMessage("the first is number 1, not 0");
        assertThatThrownBy(() -> script.at(ms(-1))).hasMessageContaining("negative");
        assertThatThrownBy(() -> script.atBytes(-1)).hasMessageContaining("negative");
        assertThatThrownBy(() -> script.after(ms(-1))).hasMessageContaining("negative");
        assertThatThrownBy(() -> script.utterance(ms(1), ms(1), "x")).hasMessageContaining("after its start");
        assertThatThrownBy(() -> script.utterancesOf(ms(19))).hasMessageContaining("20 ms");
        assertThatThrownBy(() -> script.atEnd().say(HeardUtterance::digest)).hasMessageContaining("onEachUtterance");
        assertThatThrownBy(ScriptedTranscriber::inTurn).hasMessageContaining("at least one");
    }
}
