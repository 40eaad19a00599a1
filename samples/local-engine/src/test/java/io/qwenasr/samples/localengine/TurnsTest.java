package io.qwenasr.samples.localengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Cleared;
import io.qwenasr.TranscriptionEvent.Committed;
import io.qwenasr.TranscriptionEvent.ErrorReported;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class TurnsTest {

    private static final int LOUD = 1_000;

    private final List<TranscriptionEvent> events = new ArrayList<>();
    private final List<FakeDecoder> decoders = new ArrayList<>();
    private final SessionEvents session = new SessionEvents(
            events::add,
            () -> {
                decoders.add(new FakeDecoder());
                return decoders.get(decoders.size() - 1);
            },
            "en",
            false);

    private boolean vadClosed;

    /** Hears speech where the first sample of a frame is loud. */
    private final Vad vad = new Vad() {
        @Override
        public float probability(short[] frame) {
            return frame[0] == LOUD ? 0.95f : 0.02f;
        }

        @Override
        public void close() {
            vadClosed = true;
        }
    };

    @Test
    void anUtteranceIsAnnouncedShownEndedCommittedAndTranscribed() {
        VadTurns turns = vadTurns();
        turns.audio(silence(20));
        turns.audio(speech(20));
        turns.audio(silence(20));
        assertThat(types())
                .containsExactly(SpeechStarted.class, Partial.class, SpeechStopped.class, Committed.class, Final.class);
        String id = ((SpeechStarted) events.get(0)).itemId();
        assertThat(id).matches("item_[A-Za-z0-9]{21}");
        assertThat(events.get(0)).isEqualTo(new SpeechStarted(id, frames(20)));
        int last = events.size() - 1;
        assertThat(events.get(last - 2)).isEqualTo(new SpeechStopped(id, frames(40)));
        assertThat(events.get(last - 1)).isEqualTo(new Committed(id, null));
        Final transcript = (Final) events.get(last);
        assertThat(transcript.itemId()).isEqualTo(id);
        assertThat(transcript.start()).isEqualTo(frames(20));
        assertThat(transcript.end()).isEqualTo(frames(40));
        assertThat(transcript.emotion()).isNull();
        assertThat(decoders).singleElement().matches(decoder -> decoder.closed);
    }

    @Test
    void partialsAreOnlyEmittedWhenTheyReadDifferently() {
        VadTurns turns = vadTurns();
        turns.audio(speech(60));
        List<Partial> partials = events.stream()
                .filter(Partial.class::isInstance)
                .map(Partial.class::cast)
                .toList();
        assertThat(partials).doesNotHaveDuplicates().hasSizeGreaterThan(10);
        String text = "";
        for (Partial partial : partials) {
            assertThat(partial.text()).startsWith(text);
            text = partial.text();
        }
        assertThat(text).startsWith("0 1 2 3");
    }

    @Test
    void theOnsetBeforeDetectionIsDecodedToo() {
        VadTurns turns = vadTurns();
        turns.audio(silence(40));
        turns.audio(speech(Endpointer.CONFIRMING_FRAMES));
        turns.close();
        int decoded =
                decoders.get(0).blocks.stream().mapToInt(Integer::intValue).sum();
        int heard = VadTurns.PRE_ROLL + Endpointer.CONFIRMING_FRAMES * Vad.FRAME;
        assertThat(decoded).isEqualTo(heard / Utterance.BLOCK * Utterance.BLOCK);
    }

    @Test
    void itemsNameTheirPredecessor() {
        VadTurns turns = vadTurns();
        for (int i = 0; i < 3; i++) {
            turns.audio(speech(10));
            turns.audio(silence(20));
        }
        List<Committed> committed = events.stream()
                .filter(Committed.class::isInstance)
                .map(Committed.class::cast)
                .toList();
        assertThat(committed).hasSize(3);
        assertThat(committed.get(0).previousItemId()).isNull();
        assertThat(committed.get(1).previousItemId()).isEqualTo(committed.get(0).itemId());
        assertThat(committed.get(2).previousItemId()).isEqualTo(committed.get(1).itemId());
    }

    @Test
    void theEndOfTheAudioEndsTheUtterance() {
        VadTurns turns = vadTurns();
        turns.audio(speech(10));
        turns.audio(new short[100]);
        turns.finish();
        assertThat(types()).endsWith(SpeechStopped.class, Committed.class, Final.class);
        assertThat(((Final) events.get(events.size() - 1)).end()).isEqualTo(Pcm.duration(10 * Vad.FRAME + 100));
    }

    @Test
    void silenceIsNothing() {
        VadTurns turns = vadTurns();
        turns.audio(silence(500));
        turns.finish();
        assertThat(events).isEmpty();
        assertThat(decoders).isEmpty();
    }

    @Test
    void speechWithoutPauseBecomesSeveralItemsWithoutAGap() {
        VadTurns turns = vadTurns();
        turns.audio(speech(1_000));
        turns.finish();
        List<Final> finals = finals();
        assertThat(finals).hasSize(2);
        assertThat(finals.get(0).end())
                .isEqualTo(frames(938))
                .isEqualTo(finals.get(1).start());
        assertThat(finals.get(1).end()).isEqualTo(frames(1_000));
    }

    @Test
    void commitAndClearAreRefusedWhereDetectionDecides() {
        VadTurns turns = vadTurns();
        turns.audio(speech(10));
        events.clear();
        turns.commit();
        turns.clear();
        assertThat(types()).containsExactly(ErrorReported.class);
        assertThat(events).allMatch(event -> !((ErrorReported) event).error().isFatal());
        turns.finish();
        assertThat(finals()).hasSize(1);
    }

    @Test
    void closingFreesTheDecoderInMidSpeech() {
        VadTurns turns = vadTurns();
        turns.audio(speech(10));
        turns.close();
        assertThat(decoders).singleElement().matches(decoder -> decoder.closed);
        assertThat(vadClosed).isTrue();
    }

    @Test
    void theAudioBetweenCommitsIsOneItem() {
        ManualTurns turns = new ManualTurns(session);
        turns.audio(speech(3));
        turns.commit();
        turns.audio(speech(5));
        turns.audio(speech(5));
        turns.commit();
        turns.finish();
        assertThat(events).noneMatch(SpeechStarted.class::isInstance).noneMatch(SpeechStopped.class::isInstance);
        List<Final> finals = finals();
        assertThat(finals).hasSize(2);
        assertThat(finals.get(0).start()).isEqualTo(Duration.ZERO);
        assertThat(finals.get(0).end())
                .isEqualTo(frames(3))
                .isEqualTo(finals.get(1).start());
        assertThat(finals.get(1).end()).isEqualTo(frames(13));
        assertThat(decoders).hasSize(2).allMatch(decoder -> decoder.closed);
    }

    @Test
    void theEndOfTheAudioCommits() {
        ManualTurns turns = new ManualTurns(session);
        turns.audio(speech(3));
        turns.finish();
        assertThat(types()).containsExactly(Committed.class, Final.class);
    }

    @Test
    void aCommitWithoutAudioIsAnErrorAndNoItem() {
        ManualTurns turns = new ManualTurns(session);
        turns.commit();
        turns.audio(new short[0]);
        turns.commit();
        assertThat(events).hasSize(2).allSatisfy(event -> {
            ErrorReported reported = (ErrorReported) event;
            assertThat(reported.error().type()).isEqualTo("invalid_request_error");
            assertThat(reported.error().message()).contains("buffer too small, or have no audio");
        });
    }

    @Test
    void clearedAudioIsForgottenButCounted() {
        ManualTurns turns = new ManualTurns(session);
        turns.audio(speech(2));
        turns.clear();
        assertThat(types()).containsExactly(Cleared.class);
        assertThat(decoders).singleElement().matches(decoder -> decoder.closed);
        turns.audio(speech(4));
        turns.commit();
        assertThat(finals()).singleElement().satisfies(last -> {
            assertThat(last.start()).isEqualTo(frames(2));
            assertThat(last.end()).isEqualTo(frames(6));
        });
    }

    @Test
    void anItemThatWasShownAndThenClearedEndsOnce() {
        ManualTurns turns = new ManualTurns(session);
        turns.audio(speech(8));
        turns.clear();
        turns.finish();
        assertThat(types()).containsExactly(Partial.class, Failed.class, Cleared.class);
        assertThat(((Failed) events.get(events.size() - 2)).itemId()).isEqualTo(((Partial) events.get(0)).itemId());
    }

    @Test
    void aLongItemIsSettledNowAndThen() {
        ManualTurns turns = new ManualTurns(session);
        for (int minute = 0; minute < 8; minute++) {
            turns.audio(speech(1_875));
        }
        assertThat(decoders)
                .singleElement()
                .satisfies(decoder -> assertThat(decoder.settled).isBetween(7, 8));
    }

    @Test
    void theDecoderGetsBlocksOfOneSizeHoweverTheAudioIsCut() {
        for (int cut : new int[] {1, 77, 5_000}) {
            ManualTurns turns = new ManualTurns(session);
            short[] audio = speech(9);
            for (int from = 0; from < audio.length; from += cut) {
                turns.audio(java.util.Arrays.copyOfRange(audio, from, Math.min(audio.length, from + cut)));
            }
            turns.commit();
        }
        assertThat(decoders)
                .hasSize(3)
                .allSatisfy(decoder -> assertThat(decoder.blocks)
                        .isEqualTo(decoders.get(0).blocks)
                        .containsOnly(Utterance.BLOCK));
    }

    private VadTurns vadTurns() {
        return new VadTurns(vad, new Endpointer(VadSensitivity.ofThreshold(0.2), Pcm.RATE / 2), session);
    }

    private List<Class<?>> types() {
        List<Class<?>> types = new ArrayList<>();
        for (TranscriptionEvent event : events) {
            if (types.isEmpty() || types.get(types.size() - 1) != event.getClass()) {
                types.add(event.getClass());
            }
        }
        return types;
    }

    private List<Final> finals() {
        return events.stream()
                .filter(Final.class::isInstance)
                .map(Final.class::cast)
                .toList();
    }

    private static Duration frames(int count) {
        return Duration.ofMillis(32L * count);
    }

    private static short[] silence(int frames) {
        return new short[frames * Vad.FRAME];
    }

    private static short[] speech(int frames) {
        short[] samples = silence(frames);
        java.util.Arrays.fill(samples, (short) LOUD);
        return samples;
    }
}
