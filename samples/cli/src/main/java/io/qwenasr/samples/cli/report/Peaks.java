package io.qwenasr.samples.cli.report;

import io.qwenasr.AudioFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The lowest and the highest sample of each stretch of the audio, in memory that does not grow: when all stretches are
 * taken, two become one, and so on from there.
 */
final class Peaks {

    /** As many as a wide screen has columns. */
    static final int MAX_BUCKETS = 2_048;

    private static final int FIRST_BUCKETS_PER_SECOND = 100;

    private final AudioFormat format;
    private final short[] low = new short[MAX_BUCKETS];
    private final short[] high = new short[MAX_BUCKETS];
    private long samplesPerBucket;
    private long samples;
    private int used;
    private int inLast;
    private int half = -1;

    Peaks(AudioFormat format) {
        this.format = format;
        this.samplesPerBucket = Math.max(1, format.sampleRate() / FIRST_BUCKETS_PER_SECOND);
    }

    /** Takes 16-bit little-endian samples, cut anywhere; the buffer's position stays. */
    void add(ByteBuffer pcm) {
        ByteBuffer bytes = pcm.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        if (half >= 0 && bytes.hasRemaining()) {
            add((short) (half | bytes.get() << Byte.SIZE));
            half = -1;
        }
        while (bytes.remaining() >= Short.BYTES) {
            add(bytes.getShort());
        }
        if (bytes.hasRemaining()) {
            half = bytes.get() & 0xff;
        }
    }

    /** Time passes without audio. */
    void skip(Duration length) {
        long missing = format.bytesIn(length) / Short.BYTES;
        while (missing > 0) {
            openBucket();
            long taken = Math.min(missing, samplesPerBucket - inLast);
            inLast += (int) taken;
            samples += taken;
            missing -= taken;
        }
    }

    private void add(short sample) {
        openBucket();
        low[used - 1] = (short) Math.min(low[used - 1], sample);
        high[used - 1] = (short) Math.max(high[used - 1], sample);
        inLast++;
        samples++;
    }

    private void openBucket() {
        if (used > 0 && inLast < samplesPerBucket) {
            return;
        }
        if (used == MAX_BUCKETS) {
            halve();
        }
        used++;
        inLast = 0;
    }

    private void halve() {
        for (int i = 0; i < MAX_BUCKETS / 2; i++) {
            low[i] = (short) Math.min(low[2 * i], low[2 * i + 1]);
            high[i] = (short) Math.max(high[2 * i], high[2 * i + 1]);
        }
        used = MAX_BUCKETS / 2;
        Arrays.fill(low, used, MAX_BUCKETS, (short) 0);
        Arrays.fill(high, used, MAX_BUCKETS, (short) 0);
        samplesPerBucket *= 2;
    }

    Duration length() {
        return format.durationOf(samples * Short.BYTES);
    }

    Shape shape() {
        List<Peak> peaks = new ArrayList<>(used);
        for (int i = 0; i < used; i++) {
            peaks.add(new Peak(low[i], high[i]));
        }
        return new Shape(format.durationOf(samplesPerBucket * Short.BYTES), peaks);
    }

    /**
     * The outline of the audio.
     *
     * @param bucket how much audio each peak stands for; the last one may stand for less
     * @param peaks one after the other
     */
    record Shape(Duration bucket, List<Peak> peaks) {}

    /**
     * How far the audio goes from silence.
     *
     * @param low the lowest sample, at most 0
     * @param high the highest sample, at least 0
     */
    record Peak(short low, short high) {}
}
