package io.qwenasr.samples.localengine;

import io.qwenasr.audio.Resampler;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.jspecify.annotations.Nullable;

/** Reads samples at 16 kHz out of little-endian PCM, whose chunks may end in the middle of a sample. */
final class PcmReader {

    private static final short[] NOTHING = {};

    private final int rate;
    private final int samplesAtOnce;
    private ByteBuffer chunk = ByteBuffer.wrap(new byte[0]);
    private boolean halfRead;
    private byte firstHalf;
    private @Nullable Resampler resampler;

    /**
     * Creates the reader of one stream.
     *
     * @param rate samples per second of the stream
     * @param samplesAtOnce how many samples of the stream to read at once at most
     */
    PcmReader(int rate, int samplesAtOnce) {
        this.rate = rate;
        this.samplesAtOnce = samplesAtOnce;
    }

    /** Sets the chunk to read next; the one before must have been read to its end. */
    void chunk(ByteBuffer next) {
        chunk = next.order(ByteOrder.LITTLE_ENDIAN);
    }

    boolean hasRemaining() {
        return chunk.hasRemaining();
    }

    /** Reads on; may return nothing yet. */
    short[] read() {
        int count = Math.min(samplesAtOnce, (chunk.remaining() + (halfRead ? 1 : 0)) / Short.BYTES);
        short[] samples = new short[count];
        int first = 0;
        if (halfRead && count > 0) {
            samples[first++] = (short) ((firstHalf & 0xFF) | (chunk.get() << 8));
            halfRead = false;
        }
        chunk.asShortBuffer().get(samples, first, count - first);
        chunk.position(chunk.position() + (count - first) * Short.BYTES);
        if (chunk.remaining() == 1) {
            firstHalf = chunk.get();
            halfRead = true;
        }
        return count == 0 ? NOTHING : resample(samples);
    }

    private short[] resample(short[] samples) {
        if (rate == Pcm.RATE) {
            return samples;
        }
        if (resampler == null) {
            resampler = Resampler.create(rate, Pcm.RATE);
        }
        return resampler.process(samples, 0, samples.length);
    }

    /** Returns what resampling still holds back, at the end of an utterance or of the stream. */
    short[] flush() {
        if (resampler == null) {
            return NOTHING;
        }
        short[] rest = resampler.finishShorts();
        resampler = null;
        return rest;
    }
}
