package io.qwenasr.samples.localengine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class PcmReaderTest {

    @Test
    void samplesDoNotDependOnHowTheBytesWereCut() {
        long seed = System.nanoTime();
        System.out.println("seed " + seed);
        Random random = new Random(seed);
        byte[] bytes = new byte[20_001];
        random.nextBytes(bytes);
        for (int rate : new int[] {16_000, 8_000}) {
            List<Short> whole = read(new PcmReader(rate, 1_000), bytes, random, bytes.length);
            List<Short> pieces = read(new PcmReader(rate, 333), bytes, random, 7);
            assertThat(pieces).isEqualTo(whole).hasSize(rate == 16_000 ? 10_000 : 20_000);
        }
    }

    @Test
    void aReadIsBounded() {
        PcmReader reader = new PcmReader(16_000, 100);
        reader.chunk(ByteBuffer.allocate(1_000));
        assertThat(reader.read()).hasSize(100);
        assertThat(reader.hasRemaining()).isTrue();
    }

    @Test
    void bytesAreLittleEndian() {
        PcmReader reader = new PcmReader(16_000, 100);
        reader.chunk(ByteBuffer.wrap(new byte[] {(byte) 0xFE}));
        assertThat(reader.read()).isEmpty();
        reader.chunk(ByteBuffer.wrap(new byte[] {(byte) 0xFF, 0x34, 0x12}));
        assertThat(reader.read()).containsExactly(-2, 0x1234);
    }

    private static List<Short> read(PcmReader reader, byte[] bytes, Random random, int longest) {
        List<Short> samples = new ArrayList<>();
        for (int from = 0; from < bytes.length; ) {
            int length = Math.min(bytes.length - from, longest == bytes.length ? longest : random.nextInt(longest));
            reader.chunk(ByteBuffer.wrap(bytes, from, length).slice());
            from += length;
            while (reader.hasRemaining()) {
                addAll(samples, reader.read());
            }
        }
        addAll(samples, reader.flush());
        return samples;
    }

    private static void addAll(List<Short> list, short[] samples) {
        for (short sample : samples) {
            list.add(sample);
        }
    }
}
