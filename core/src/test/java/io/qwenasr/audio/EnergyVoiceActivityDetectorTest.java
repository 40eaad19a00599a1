package io.qwenasr.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EnergyVoiceActivityDetectorTest {

    private static final long SEED = 11;

    /** Where speech was heard, in milliseconds, pauses under 400 ms bridged. */
    private static List<int[]> speech(int rate, double[] audio) {
        EnergyVoiceActivityDetector detector = EnergyVoiceActivityDetector.create(rate);
        short[] frame = new short[detector.frameSamples()];
        List<int[]> found = new ArrayList<>();
        for (int at = 0; at + frame.length <= audio.length; at += frame.length) {
            for (int i = 0; i < frame.length; i++) {
                frame[i] = (short) Math.max(-32_768, Math.min(32_767, Math.round(audio[at + i])));
            }
            int millis = (int) (at * 1_000L / rate);
            if (detector.isSpeech(frame)) {
                if (found.isEmpty() || millis - found.get(found.size() - 1)[1] >= 400) {
                    found.add(new int[] {millis, millis + 20});
                } else {
                    found.get(found.size() - 1)[1] = millis + 20;
                }
            }
        }
        return found;
    }

    private static double[] noise(int rate, int millis, double level) {
        Random random = new Random(SEED);
        return random.doubles(rate / 1_000L * millis)
                .map(x -> (x - 0.5) * Math.sqrt(12) * level)
                .toArray();
    }

    /** Adds a voice: harmonics of a wavering pitch, louder and softer four times a second, with short stops. */
    private static void speak(double[] audio, int rate, int from, int to, double level) {
        double phase = 0;
        for (int i = rate / 1_000 * from; i < rate / 1_000 * to; i++) {
            double time = i / (double) rate;
            phase += 2 * Math.PI * (130 + 20 * Math.sin(2 * Math.PI * 0.7 * time)) / rate;
            double voice = 0;
            for (int harmonic = 1; harmonic <= 12; harmonic++) {
                voice += Math.sin(harmonic * phase) / harmonic;
            }
            double syllable = Math.sin(2 * Math.PI * 4 * (time - from / 1_000.0));
            audio[i] += level * Math.max(0, 0.6 + syllable) * voice;
        }
    }

    @ParameterizedTest
    @CsvSource({
        "16000, 1, 3000", "16000, 30, 3000", "16000, 200, 6000", "16000, 1, 300",
        "8000, 1, 3000", "8000, 30, 3000", "8000, 200, 6000", "8000, 1, 300"
    })
    void findsTheUtterances(int rate, double noise, double voice) {
        double[] audio = noise(rate, 12_000, noise);
        int[][] spoken = {{1_000, 3_250}, {4_000, 6_500}, {7_500, 11_000}};
        for (int[] utterance : spoken) {
            speak(audio, rate, utterance[0], utterance[1], voice);
        }
        List<int[]> found = speech(rate, audio);
        assertThat(found).hasSize(spoken.length);
        for (int i = 0; i < spoken.length; i++) {
            assertThat(found.get(i)[0]).isBetween(spoken[i][0], spoken[i][0] + 100);
            assertThat(found.get(i)[1]).isBetween(spoken[i][1] - 150, spoken[i][1] + 40);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {8_000, 16_000})
    void hearsAStreamThatBeginsWithinAWord(int rate) {
        double[] audio = noise(rate, 3_000, 10);
        speak(audio, rate, 0, 2_000, 3_000);
        List<int[]> found = speech(rate, audio);
        assertThat(found).hasSize(1);
        assertThat(found.get(0)[0]).isLessThanOrEqualTo(60);
    }

    @ParameterizedTest
    @ValueSource(doubles = {0, 1, 50, 300})
    void steadyNoiseIsNoSpeech(double level) {
        assertThat(speech(16_000, noise(16_000, 10_000, level))).isEmpty();
    }

    @Test
    void offsetIsNoSpeech() {
        double[] audio = noise(16_000, 5_000, 3);
        for (int i = 40_000; i < audio.length; i++) {
            audio[i] += 5_000;
        }
        assertThat(speech(16_000, audio)).as("one step").isEmpty();
    }

    @Test
    void noiseThatStartsIsBackgroundAfterThreeSeconds() {
        double[] audio = noise(16_000, 12_000, 10);
        double[] fan = noise(16_000, 12_000, 300);
        for (int i = 16_000 * 2; i < audio.length; i++) {
            audio[i] += fan[i];
        }
        speak(audio, 16_000, 8_000, 10_000, 6_000);
        List<int[]> found = speech(16_000, audio);
        assertThat(found).hasSize(2);
        assertThat(found.get(0)[1]).as("the fan").isBetween(4_400, 5_100);
        assertThat(found.get(1)[0]).as("the voice").isBetween(8_000, 8_100);
    }

    @Test
    void clickIsNoSpeech() {
        double[] audio = noise(16_000, 3_000, 10);
        for (int i = 16_000; i < 16_000 + 300; i++) {
            audio[i] += i % 2 == 0 ? 20_000 : -20_000;
        }
        assertThat(speech(16_000, audio)).isEmpty();
    }

    @Test
    void speechGoesOnAtALevelThatDoesNotBeginIt() {
        int rate = 16_000;
        double[] steady = noise(rate, 6_000, 20);
        double[] onset = noise(rate, 6_000, 200);
        for (int i = 0; i < steady.length; i++) {
            int millis = i / 16;
            if (millis >= 1_000 && millis < 1_200) {
                steady[i] = onset[i];
            } else if (millis >= 1_200 && millis < 2_000) {
                steady[i] *= 2.5;
            } else if (millis >= 4_000 && millis < 4_800) {
                steady[i] *= 2.5;
            }
        }
        List<int[]> found = speech(rate, steady);
        assertThat(found).as("8 dB over the background, after speech and alone").hasSize(1);
        assertThat(found.get(0)[1]).isBetween(1_980, 2_020);
    }

    @Test
    void badInputIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> EnergyVoiceActivityDetector.create(44_100))
                .withMessageContaining("44100");
        EnergyVoiceActivityDetector detector = EnergyVoiceActivityDetector.create(8_000);
        assertThat(detector.sampleRate()).isEqualTo(8_000);
        assertThat(detector.frameSamples()).isEqualTo(160);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> detector.isSpeech(new short[320]))
                .withMessageContaining("160 samples");
    }
}
