package io.qwenasr.audio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PcmConverterTest {

    @Test
    void monoAtTheSameRateIsUnchanged() {
        byte[] pcm = noise(new Random(1), 1_000);
        assertThat(convert(PcmConverter.create(1, 16_000, 16_000), pcm)).isEqualTo(pcm);
    }

    @Test
    void channelsAreAveraged() {
        PcmConverter converter = PcmConverter.create(3, 16_000, 16_000);
        ByteBuffer mono = converter.convert(pcm(300, 600, 900, -30, -60, -90, 32767, 32767, 32767, 1, 1, 0));
        assertThat(mono.order()).isEqualTo(ByteOrder.LITTLE_ENDIAN);
        assertThat(shorts(mono)).containsExactly(600, -60, 32767, 1);
    }

    @ParameterizedTest
    @CsvSource({"1,16000,16000", "1,8000,16000", "2,44100,16000", "2,48000,8000", "6,48000,16000", "3,11025,16000"})
    void cutsWithinSamplesDoNotMatter(int channels, int from, int to) {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] pcm = noise(random, 8_000 * channels);
        byte[] expected = convert(PcmConverter.create(channels, from, to), pcm);

        PcmConverter converter = PcmConverter.create(channels, from, to);
        ByteArrayOutputStream actual = new ByteArrayOutputStream();
        for (int position = 0; position < pcm.length; ) {
            int length =
                    Math.min(pcm.length - position, random.nextBoolean() ? random.nextInt(4) : random.nextInt(2_000));
            write(actual, converter.convert(ByteBuffer.wrap(pcm, position, length)));
            position += length;
        }
        write(actual, converter.finish());

        assertThat(actual.toByteArray()).as("seed %d", seed).isEqualTo(expected);
        assertThat(expected.length / 2).isEqualTo((int) Math.round(8_000.0 * to / from));
    }

    @Test
    void inputIsReadBetweenPositionAndLimitAndLeftAlone() {
        ByteBuffer direct = ByteBuffer.allocateDirect(10).order(ByteOrder.BIG_ENDIAN);
        direct.put(2, (byte) 1).put(3, (byte) 2).position(2).limit(4);
        ByteBuffer mono = PcmConverter.create(1, 16_000, 16_000).convert(direct.asReadOnlyBuffer());
        assertThat(shorts(mono)).containsExactly(0x0201);
        assertThat(direct.position()).isEqualTo(2);
        assertThat(direct.limit()).isEqualTo(4);
    }

    @Test
    void incompleteFrameAtTheEndIsDropped() {
        PcmConverter converter = PcmConverter.create(2, 16_000, 16_000);
        assertThat(shorts(converter.convert(pcm(10, 20, 30)))).containsExactly(15);
        assertThat(converter.finish().remaining()).isZero();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, -1, 65})
    void channelCountsOutOfRangeAreRefused(int channels) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> PcmConverter.create(channels, 16_000, 16_000))
                .withMessageContaining("1 to 64");
    }

    private static byte[] convert(PcmConverter converter, byte[] pcm) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        write(bytes, converter.convert(ByteBuffer.wrap(pcm)));
        write(bytes, converter.finish());
        return bytes.toByteArray();
    }

    private static void write(ByteArrayOutputStream bytes, ByteBuffer buffer) {
        bytes.write(buffer.array(), buffer.arrayOffset() + buffer.position(), buffer.remaining());
    }

    private static byte[] noise(Random random, int samples) {
        byte[] bytes = new byte[2 * samples];
        random.nextBytes(bytes);
        return bytes;
    }

    private static ByteBuffer pcm(int... samples) {
        ByteBuffer buffer = ByteBuffer.allocate(2 * samples.length).order(ByteOrder.LITTLE_ENDIAN);
        for (int sample : samples) {
            buffer.putShort((short) sample);
        }
        return buffer.flip();
    }

    private static short[] shorts(ByteBuffer buffer) {
        short[] samples = new short[buffer.remaining() / 2];
        buffer.order(ByteOrder.LITTLE_ENDIAN).asShortBuffer().get(samples);
        return samples;
    }
}
