package io.qwenasr.samples.localengine;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.samples.localengine.Endpointer.Change;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EndpointerTest {

    private static final float SPEECH = 0.9f;
    private static final float SILENCE = 0.01f;
    private static final float BETWEEN = 0.45f;
    private static final VadSensitivity SENSITIVITY = VadSensitivity.ofThreshold(0.2);

    private final List<String> changes = new ArrayList<>();

    @Test
    void speechBeginsAtItsFirstFrameAndEndsWhereSilenceBegan() {
        Endpointer endpointer = withSilenceOf(400);
        feed(endpointer, SILENCE, 10);
        feed(endpointer, SPEECH, 20);
        feed(endpointer, SILENCE, 20);
        assertThat(changes).containsExactly("STARTED 10", "STOPPED 30");
    }

    @Test
    void theSilenceThatEndsSpeechIsTheOneAskedFor() {
        for (int frames : new int[] {7, 13, 25, 188}) {
            Endpointer endpointer = withSilenceOf(frames * 32);
            feed(endpointer, SPEECH, 10);
            for (int i = 1; i < frames; i++) {
                assertThat(endpointer.accept(SILENCE)).isEqualTo(Change.NONE);
            }
            assertThat(endpointer.accept(SILENCE)).isEqualTo(Change.STOPPED);
        }
    }

    @Test
    void aPauseShorterThanTheSilenceDoesNotEndSpeech() {
        Endpointer endpointer = withSilenceOf(400);
        feed(endpointer, SPEECH, 10);
        feed(endpointer, SILENCE, 12);
        feed(endpointer, SPEECH, 1);
        feed(endpointer, SILENCE, 12);
        assertThat(changes).containsExactly("STARTED 0");
        feed(endpointer, SILENCE, 1);
        assertThat(changes).containsExactly("STARTED 0", "STOPPED 23");
    }

    @Test
    void aClickIsNoSpeech() {
        Endpointer endpointer = withSilenceOf(200);
        for (int i = 0; i < 20; i++) {
            feed(endpointer, SPEECH, Endpointer.CONFIRMING_FRAMES - 1);
            feed(endpointer, SILENCE, 1);
        }
        assertThat(changes).isEmpty();
        assertThat(endpointer.finish(80 * Vad.FRAME)).isEqualTo(Change.NONE);
    }

    @Test
    void uncertainFramesNeitherBeginNorEndSpeech() {
        Endpointer endpointer = withSilenceOf(200);
        feed(endpointer, BETWEEN, 100);
        assertThat(changes).isEmpty();
        feed(endpointer, SPEECH, 4);
        feed(endpointer, BETWEEN, 100);
        assertThat(changes).containsExactly("STARTED 100");
    }

    @Test
    void aLowerThresholdHearsWhatAHigherOneDoesNot() {
        Endpointer keen = new Endpointer(VadSensitivity.ofThreshold(-0.5), 3200);
        Endpointer deaf = new Endpointer(VadSensitivity.ofThreshold(0.9), 3200);
        for (int i = 0; i < 10; i++) {
            keen.accept(0.3f);
            deaf.accept(0.6f);
        }
        assertThat(keen.isSpeaking()).isTrue();
        assertThat(deaf.isSpeaking()).isFalse();
    }

    @Test
    void longSpeechEndsAtAShortPause() {
        Endpointer endpointer = withSilenceOf(6000);
        feed(endpointer, SPEECH, 610);
        feed(endpointer, SILENCE, 7);
        assertThat(changes).containsExactly("STARTED 0");
        feed(endpointer, SPEECH, 17);
        feed(endpointer, SILENCE, 7);
        assertThat(changes).containsExactly("STARTED 0", "STOPPED 634");
    }

    @Test
    void endlessSpeechIsCutAndGoesOn() {
        Endpointer endpointer = withSilenceOf(800);
        feed(endpointer, SPEECH, 2000);
        assertThat(changes).containsExactly("STARTED 0", "CUT 938", "CUT 1876");
        assertThat(endpointer.finish(2000 * Vad.FRAME)).isEqualTo(Change.STOPPED);
        assertThat(endpointer.end()).isEqualTo(2000 * Vad.FRAME);
    }

    @Test
    void theEndOfTheAudioEndsSpeechWhereSilenceBegan() {
        Endpointer endpointer = withSilenceOf(800);
        feed(endpointer, SPEECH, 10);
        feed(endpointer, SILENCE, 5);
        assertThat(endpointer.finish(15 * Vad.FRAME + 7)).isEqualTo(Change.STOPPED);
        assertThat(endpointer.end()).isEqualTo(10 * Vad.FRAME);
    }

    private static Endpointer withSilenceOf(int millis) {
        return new Endpointer(SENSITIVITY, millis * 16L);
    }

    private void feed(Endpointer endpointer, float probability, int frames) {
        for (int i = 0; i < frames; i++) {
            Change change = endpointer.accept(probability);
            if (change != Change.NONE) {
                long at = change == Change.STARTED ? endpointer.start() : endpointer.end();
                changes.add(change + " " + at / Vad.FRAME);
            }
        }
    }
}
