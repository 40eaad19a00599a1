package io.qwenasr.reactor;

import io.qwenasr.audio.PcmConverter;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** Decodes the bytes of one WAV, AIFF or AU file. */
final class AudioFileDecoder implements PcmDecoder {

    /** A large buffer is not turned into several times its size at once. */
    private static final int BLOCK = 1 << 16;

    private final AudioErrors errors;
    private final int channel;
    private final int targetRate;
    private final HeaderReader header;

    private @Nullable SampleDecoder samples;
    private @Nullable PcmConverter converter;
    private long left;
    private boolean heard;

    /**
     * Creates a decoder of a file that has not begun.
     *
     * @param errors names the file
     * @param channel number of the only channel to be heard, or {@link SampleDecoder#ALL}
     * @param targetRate samples per second that come out
     */
    AudioFileDecoder(AudioErrors errors, int channel, int targetRate) {
        this.errors = errors;
        this.channel = channel;
        this.targetRate = targetRate;
        this.header = new HeaderReader(errors);
    }

    @Override
    public void decode(ByteBuffer bytes, PcmChunks out) {
        ByteBuffer input = bytes.duplicate();
        if (samples == null) {
            AudioHeader complete = header.read(input);
            if (complete == null) {
                return;
            }
            begin(complete);
        }
        while (input.hasRemaining() && left > 0) {
            int length = (int) Math.min(left, Math.min(input.remaining(), BLOCK));
            convert(input.slice(input.position(), length), out);
            input.position(input.position() + length);
            left -= length;
        }
    }

    private void begin(AudioHeader complete) {
        if (channel >= complete.channels()) {
            throw errors.noSuchChannel(channel, complete.channels());
        }
        SampleDecoder decoder = new SampleDecoder(complete, channel);
        samples = decoder;
        converter = PcmConverter.create(decoder.channels(), complete.sampleRate(), targetRate);
        left = complete.bytes();
    }

    private void convert(ByteBuffer bytes, PcmChunks out) {
        if (samples != null && converter != null) {
            give(converter.convert(samples.decode(bytes)), out);
        }
    }

    @Override
    public void finish(PcmChunks out) {
        if (converter == null) {
            throw header.cut();
        }
        give(converter.finish(), out);
        if (!heard) {
            throw errors.noSamples();
        }
    }

    private void give(ByteBuffer pcm, PcmChunks out) {
        heard |= pcm.hasRemaining();
        out.add(pcm);
    }

    @Override
    public boolean isReady() {
        return samples != null;
    }

    @Override
    public boolean isDone() {
        return samples != null && left == 0;
    }
}
