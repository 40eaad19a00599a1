package io.qwenasr.audio;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Turns one stream of interleaved 16-bit PCM, of any number of channels and any rate, into mono at another
 * rate, piece by piece.
 *
 * <p>Samples are signed and little-endian on both sides. Channels are mixed by their average; the rate is
 * changed by a {@link Resampler}, whose contract on quality, alignment, length and cuts holds here too. A
 * piece may end anywhere, also within a sample: the rest is taken from the next one.
 *
 * <p>Not safe for use by several threads at once; one instance serves one stream.
 *
 * @since 0.1.0
 */
public final class PcmConverter {

    /** The highest number of channels taken. */
    public static final int MAX_CHANNELS = 64;

    private static final int BYTES_PER_SAMPLE = 2;

    private final int channels;
    private final int frameBytes;
    private final Resampler resampler;
    private final ByteBuffer carried;

    private PcmConverter(int channels, Resampler resampler) {
        this.channels = channels;
        this.frameBytes = channels * BYTES_PER_SAMPLE;
        this.resampler = resampler;
        this.carried = ByteBuffer.allocate(frameBytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * Starts a stream.
     *
     * @param channels interleaved channels that go in, 1 to {@value #MAX_CHANNELS}
     * @param inputRate frames per second that go in, {@value Resampler#MIN_RATE} to {@value Resampler#MAX_RATE}
     * @param outputRate samples per second that come out, in the same range
     * @return a converter that has seen nothing yet
     * @throws IllegalArgumentException if a number is out of range
     */
    public static PcmConverter create(int channels, int inputRate, int outputRate) {
        if (channels < 1 || channels > MAX_CHANNELS) {
            throw new IllegalArgumentException("channels must be 1 to " + MAX_CHANNELS + ", not " + channels);
        }
        return new PcmConverter(channels, Resampler.create(inputRate, outputRate));
    }

    /**
     * Takes the next bytes and returns what can be told from all so far.
     *
     * @param pcm the bytes between position and limit are read; the position is not moved, the buffer is not
     *     kept, its byte order does not matter
     * @return mono PCM, a new heap buffer with little-endian order, possibly empty
     * @throws IllegalStateException after {@link #finish()}
     */
    public ByteBuffer convert(ByteBuffer pcm) {
        ByteBuffer input = pcm.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        float[] mono = new float[(carried.position() + input.remaining()) / frameBytes];
        int frame = 0;
        if (carried.position() > 0) {
            while (carried.hasRemaining() && input.hasRemaining()) {
                carried.put(input.get());
            }
            if (!carried.hasRemaining()) {
                mono[frame++] = mix(carried.flip());
                carried.clear();
            }
        }
        while (frame < mono.length) {
            mono[frame++] = mix(input);
        }
        if (input.hasRemaining()) {
            carried.put(input);
        }
        return toBytes(resampler.process(mono, 0, mono.length));
    }

    /**
     * Ends the stream and returns its last samples. An incomplete frame at the end is dropped.
     *
     * @return what was still to come, a new heap buffer with little-endian order; empty if called again
     */
    public ByteBuffer finish() {
        return toBytes(resampler.finish());
    }

    private float mix(ByteBuffer frame) {
        int sum = 0;
        for (int channel = 0; channel < channels; channel++) {
            sum += frame.getShort();
        }
        return (float) sum / channels;
    }

    private static ByteBuffer toBytes(float[] samples) {
        ByteBuffer bytes =
                ByteBuffer.allocate(samples.length * BYTES_PER_SAMPLE).order(ByteOrder.LITTLE_ENDIAN);
        for (float sample : samples) {
            bytes.putShort(Resampler.toShort(sample));
        }
        return bytes.flip();
    }
}
