package io.qwenasr.reactor;

import static io.qwenasr.reactor.TestAudio.A_LAW;
import static io.qwenasr.reactor.TestAudio.FLOAT;
import static io.qwenasr.reactor.TestAudio.MU_LAW;
import static io.qwenasr.reactor.TestAudio.PCM;
import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BiConsumer;
import javax.sound.sampled.AudioFileFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import reactor.core.publisher.Flux;

/** What each coding's samples are in 16 bits, exactly, from a file and from an upload. */
class AudioCodingTest {

    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final int RATE = 16_000;

    /** 16-bit samples of interest, the ends among them. */
    private static final short[] SAMPLES = {0, 1, -1, 2, -2, 127, 128, -128, 255, 256, 12_345, -12_345, 32_767, -32_768
    };

    @TempDir
    private Path folder;

    private enum Container {
        WAV,
        EXTENSIBLE,
        AIFC,
        AU
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void muLawIsExactOverAllCodes(Container container) throws IOException {
        short[] expected = new short[256];
        for (int code = 0; code < 256; code++) {
            // G.711, table 2: the bits are inverted; y = (2 step + 33) 2^segment - 33, of 14 bits.
            int bits = 255 - code;
            int segment = bits / 16 % 8;
            int step = bits % 16;
            int value = ((2 * step + 33) * powerOfTwo(segment) - 33) * 4;
            expected[code] = (short) (bits >= 128 ? -value : value);
        }
        // Literally from the table: its ends, the two zeros and the first steps.
        assertThat(expected[0x80]).isEqualTo((short) (8_031 * 4));
        assertThat(expected[0x00]).isEqualTo((short) (-8_031 * 4));
        assertThat(expected[0xFF]).isZero();
        assertThat(expected[0x7F]).isZero();
        assertThat(expected[0xFE]).isEqualTo((short) (2 * 4));
        assertThat(expected[0xEF]).isEqualTo((short) (33 * 4));
        assertThat(expected[0x8F]).isEqualTo((short) (4_191 * 4));

        assertHeard(
                switch (container) {
                    case WAV -> TestAudio.wav(MU_LAW, 8, 1, RATE, allCodes());
                    case EXTENSIBLE -> TestAudio.extensibleWav(MU_LAW, 8, 1, RATE, allCodes());
                    case AIFC -> TestAudio.aifc("ulaw", 16, 1, RATE, allCodes());
                    case AU -> TestAudio.au(1, 1, RATE, allCodes());
                },
                expected);
    }

    @ParameterizedTest
    @EnumSource(Container.class)
    void aLawIsExactOverAllCodes(Container container) throws IOException {
        short[] expected = new short[256];
        for (int code = 0; code < 256; code++) {
            // G.711, table 1: even bits are inverted; 13 bits, of which the two lowest segments are one straight line.
            int bits = code ^ 0b0101_0101;
            int segment = bits / 16 % 8;
            int step = bits % 16;
            int value = (segment == 0 ? 2 * step + 1 : (2 * step + 33) * powerOfTwo(segment - 1)) * 8;
            expected[code] = (short) (bits >= 128 ? value : -value);
        }
        assertThat(expected[0xAA]).isEqualTo((short) (4_032 * 8));
        assertThat(expected[0x2A]).isEqualTo((short) (-4_032 * 8));
        assertThat(expected[0xD5]).isEqualTo((short) 8);
        assertThat(expected[0x55]).isEqualTo((short) -8);
        assertThat(expected[0xC5]).isEqualTo((short) (33 * 8));
        assertThat(expected[0xA5]).isEqualTo((short) (2_112 * 8));

        assertHeard(
                switch (container) {
                    case WAV -> TestAudio.wav(A_LAW, 8, 1, RATE, allCodes());
                    case EXTENSIBLE -> TestAudio.extensibleWav(A_LAW, 8, 1, RATE, allCodes());
                    case AIFC -> TestAudio.aifc("alaw", 16, 1, RATE, allCodes());
                    case AU -> TestAudio.au(27, 1, RATE, allCodes());
                },
                expected);
    }

    private static int powerOfTwo(int exponent) {
        return (int) Math.pow(2, exponent);
    }

    private static byte[] allCodes() {
        byte[] codes = new byte[256];
        for (int code = 0; code < codes.length; code++) {
            codes[code] = (byte) code;
        }
        return codes;
    }

    @Test
    void eightBitsAreExactOverAllCodes() throws IOException {
        short[] unsigned = new short[256];
        short[] signed = new short[256];
        for (int code = 0; code < 256; code++) {
            unsigned[code] = (short) ((code - 128) * 256);
            signed[code] = (short) ((byte) code * 256);
        }
        assertHeard(TestAudio.wav(PCM, 8, 1, RATE, allCodes()), unsigned);
        assertHeard(TestAudio.extensibleWav(PCM, 8, 1, RATE, allCodes()), unsigned);
        assertHeard(TestAudio.rifx(PCM, 8, 1, RATE, allCodes()), unsigned);
        assertHeard(TestAudio.aifc("raw ", 8, 1, RATE, allCodes()), unsigned);
        assertHeard(TestAudio.aifc("NONE", 8, 1, RATE, allCodes()), signed);
        assertHeard(TestAudio.au(2, 1, RATE, allCodes()), signed);
        assertHeard(TestAudio.bigEndian(AudioFileFormat.Type.AIFF, 8, 1, RATE, allCodes()), signed);
        assertHeard(TestAudio.bigEndian(AudioFileFormat.Type.AU, 8, 1, RATE, allCodes()), signed);
    }

    @Test
    void widerSamplesKeepWhatSixteenBitsHold() throws IOException {
        for (int bits : new int[] {16, 24, 32}) {
            BiConsumer<ByteBuffer, Short> put = (to, sample) -> put(to, bits, (long) sample << (bits - 16));
            assertIntegers(bits, put, SAMPLES);
        }
    }

    @Test
    void widerSamplesAreRoundedAndLimited() throws IOException {
        long[] in24 = {0x7F, 0x80, 0x17F, 0x180, -0x80, -0x81, 0x7F_FF7F, 0x7F_FF80, 0x7F_FFFF, -0x80_0000};
        short[] out = {0, 1, 1, 2, 0, -1, 32_767, 32_767, 32_767, -32_768};
        for (int bits : new int[] {24, 32}) {
            int[] next = {0};
            assertIntegers(bits, (to, sample) -> put(to, bits, in24[next[0]++ % in24.length] << (bits - 24)), out);
        }
        ByteBuffer nearlyUp = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        nearlyUp.putInt(0x7FFF).putInt(Integer.MAX_VALUE);
        assertHeard(TestAudio.wav(PCM, 32, 1, RATE, nearlyUp.array()), new short[] {0, 32_767});
    }

    private void assertIntegers(int bits, BiConsumer<ByteBuffer, Short> put, short[] expected) throws IOException {
        byte[] little = bytes(bits, ByteOrder.LITTLE_ENDIAN, put, expected);
        byte[] big = bytes(bits, ByteOrder.BIG_ENDIAN, put, expected);
        assertHeard(TestAudio.wav(PCM, bits, 1, RATE, little), expected);
        assertHeard(TestAudio.extensibleWav(PCM, bits, 1, RATE, little), expected);
        assertHeard(TestAudio.rifx(PCM, bits, 1, RATE, big), expected);
        assertHeard(TestAudio.extensibleRifx(PCM, bits, 1, RATE, big), expected);
        if (bits > 16) {
            assertHeard(TestAudio.aifc("in" + bits, 16, 1, RATE, big), expected);
        }
        byte[] raw = big.clone();
        for (int at = 0; at < raw.length; at += bits / 8) {
            raw[at] ^= (byte) 0x80;
        }
        assertHeard(TestAudio.aifc("raw ", bits, 1, RATE, raw), expected);
        assertHeard(TestAudio.aifc("NONE", bits, 1, RATE, big), expected);
        assertHeard(TestAudio.aifc("twos", bits, 1, RATE, big), expected);
        assertHeard(TestAudio.aifc("sowt", bits, 1, RATE, little), expected);
        assertHeard(TestAudio.au(1 + bits / 8, 1, RATE, big), expected);
        assertHeard(TestAudio.bigEndian(AudioFileFormat.Type.AIFF, bits, 1, RATE, big), expected);
        assertHeard(TestAudio.bigEndian(AudioFileFormat.Type.AU, bits, 1, RATE, big), expected);
    }

    private static byte[] bytes(int bits, ByteOrder order, BiConsumer<ByteBuffer, Short> put, short[] samples) {
        ByteBuffer bytes = ByteBuffer.allocate(samples.length * bits / 8).order(order);
        for (short sample : samples) {
            put.accept(bytes, sample);
        }
        return bytes.array();
    }

    private static void put(ByteBuffer to, int bits, long value) {
        for (int i = 0; i < bits; i += 8) {
            to.put((byte) (value >> (to.order() == ByteOrder.LITTLE_ENDIAN ? i : bits - 8 - i)));
        }
    }

    @Test
    void narrowSamplesInWideContainersAreTheUpperBits() throws IOException {
        ByteBuffer twenty = ByteBuffer.allocate(6).order(ByteOrder.LITTLE_ENDIAN);
        put(twenty, 24, 12_345L << 8);
        put(twenty, 24, -12_345L << 8);
        short[] expected = {12_345, -12_345};
        assertHeard(TestAudio.extensibleWav(PCM, 20, 1, RATE, twenty.array()), expected);

        ByteBuffer inFour = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
        inFour.putInt(12_345 << 16).putInt(-12_345 << 16);
        byte[] wav = TestAudio.wav(PCM, 24, 1, RATE, inFour.array());
        ByteBuffer.wrap(wav).order(ByteOrder.LITTLE_ENDIAN).putShort(32, (short) 4);
        assertHeard(wav, expected);
    }

    @Test
    void floatsAreRoundedAndLimited() throws IOException {
        double[] values = {
            0,
            0.5,
            -0.5,
            1,
            -1,
            1.5,
            -1.5,
            1e30,
            -1e30,
            0.999_99,
            1 / 32_768.0,
            0.4 / 32_768,
            0.6 / 32_768,
            Double.NaN,
            Double.POSITIVE_INFINITY,
            Double.NEGATIVE_INFINITY,
            12_345 / 32_768.0
        };
        short[] expected = {
            0, 16_384, -16_384, 32_767, -32_768, 32_767, -32_768, 32_767, -32_768, 32_767, 1, 0, 1, 0, 32_767, -32_768,
            12_345
        };
        for (int bits : new int[] {32, 64}) {
            byte[] little = floats(bits, ByteOrder.LITTLE_ENDIAN, values);
            byte[] big = floats(bits, ByteOrder.BIG_ENDIAN, values);
            assertHeard(TestAudio.wav(FLOAT, bits, 1, RATE, little), expected);
            assertHeard(TestAudio.extensibleWav(FLOAT, bits, 1, RATE, little), expected);
            assertHeard(TestAudio.aifc("fl" + bits, bits, 1, RATE, big), expected);
            assertHeard(TestAudio.aifc("FL" + bits, bits, 1, RATE, big), expected);
            assertHeard(TestAudio.au(bits == 32 ? 6 : 7, 1, RATE, big), expected);
        }
    }

    private static byte[] floats(int bits, ByteOrder order, double... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * bits / 8).order(order);
        for (double value : values) {
            if (bits == 32) {
                bytes.putFloat((float) value);
            } else {
                bytes.putDouble(value);
            }
        }
        return bytes.array();
    }

    private void assertHeard(byte[] bytes, short[] expected) throws IOException {
        Path file = Files.write(folder.resolve("audio"), bytes);
        assertHeard(AudioSources.file(file, AudioFormat.PCM_16K, Pacing.none()), expected);
        assertHeard(AudioSources.stream(() -> Files.newInputStream(file), AudioFormat.PCM_16K), expected);
        assertHeard(AudioSources.decode(Flux.just(ByteBuffer.wrap(bytes)), AudioFormat.PCM_16K), expected);
    }

    private static void assertHeard(Flux<ByteBuffer> audio, short[] expected) {
        assertThat(TestAudio.shorts(audio.collectList().block(BOUND))).isEqualTo(expected);
    }
}
