package io.qwenasr.samples.cli.report;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.samples.cli.report.Peaks.Peak;
import io.qwenasr.samples.cli.report.Peaks.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PeaksTest {

    private final Peaks peaks = new Peaks(AudioFormat.PCM_16K);

    private static ByteBuffer pcm(short... samples) {
        ByteBuffer bytes = ByteBuffer.allocate(samples.length * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asShortBuffer().put(samples);
        return bytes;
    }

    @Test
    void keepsTheExtremesOfEachHundredthOfASecond() {
        short[] samples = new short[400];
        samples[3] = -700;
        samples[159] = 900;
        samples[160] = 32_767;
        samples[399] = -32_768;
        ByteBuffer audio = pcm(samples);
        peaks.add(audio);
        Shape shape = peaks.shape();
        assertThat(shape.bucket()).isEqualTo(Duration.ofMillis(10));
        assertThat(shape.peaks())
                .containsExactly(
                        new Peak((short) -700, (short) 900),
                        new Peak((short) 0, (short) 32_767),
                        new Peak((short) -32_768, (short) 0));
        assertThat(peaks.length()).isEqualTo(Duration.ofMillis(25));
        assertThat(audio.position()).as("the buffer is the caller's").isZero();
    }

    @Test
    void leavesRoomForAudioThatIsMissing() {
        peaks.add(pcm((short) 5));
        peaks.skip(Duration.ofMillis(25));
        peaks.add(pcm((short) -6));
        assertThat(peaks.length().toMillis()).isEqualTo(25);
        assertThat(peaks.shape().peaks())
                .containsExactly(
                        new Peak((short) 0, (short) 5), new Peak((short) 0, (short) 0), new Peak((short) -6, (short)
                                0));
    }

    /** However audio is cut, and however long it is, the outline is that of the whole, in no more than so many peaks. */
    @Test
    void coarsensAsAudioGrows() {
        long seed = System.nanoTime();
        Random random = new Random(seed);
        byte[] audio = new byte[2 * 3_000_001];
        random.nextBytes(audio);
        int at = 0;
        while (at < audio.length) {
            int size = Math.min(audio.length - at, 1 + random.nextInt(9_999));
            peaks.add(ByteBuffer.wrap(audio, at, size));
            at += size;
        }
        Shape shape = peaks.shape();
        int samplesEach = (int) (shape.bucket().toMillis() * 16);
        assertThat(shape.bucket()).as("seed %d", seed).isEqualTo(Duration.ofMillis(160));
        assertThat(shape.peaks()).hasSize((3_000_001 + samplesEach - 1) / samplesEach);
        short[] samples = new short[3_000_001];
        ByteBuffer.wrap(audio).order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(samples);
        for (int i = 0; i < shape.peaks().size(); i++) {
            short[] sorted =
                    Arrays.copyOfRange(samples, i * samplesEach, Math.min(samples.length, (i + 1) * samplesEach));
            Arrays.sort(sorted);
            Peak expected = new Peak((short) Math.min(0, sorted[0]), (short) Math.max(0, sorted[sorted.length - 1]));
            assertThat(shape.peaks().get(i)).as("seed %d, peak %d", seed, i).isEqualTo(expected);
        }
    }
}
