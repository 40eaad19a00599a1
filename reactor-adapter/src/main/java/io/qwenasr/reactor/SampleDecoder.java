package io.qwenasr.reactor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Turns the samples of a file into 16-bit ones, of all its channels or of one, however their bytes are cut. */
final class SampleDecoder {

    /** All channels, interleaved. */
    static final int ALL = -1;

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

    private final SampleCoding coding;
    private final int frameBytes;
    private final int firstByte;
    private final int channels;

    /** The beginning of a frame. */
    private ByteBuffer carried = NOTHING;

    SampleDecoder(AudioHeader header, int channel) {
        this.coding = header.coding();
        this.frameBytes = header.frameBytes();
        this.firstByte = channel == ALL ? 0 : channel * coding.bytes();
        this.channels = channel == ALL ? header.channels() : 1;
    }

    /** Returns how many channels come out. */
    int channels() {
        return channels;
    }

    /** Returns the samples of the frames that are complete now, little-endian; keeps the rest. */
    ByteBuffer decode(ByteBuffer bytes) {
        ByteBuffer input = (carried.hasRemaining() ? joined(bytes) : bytes.slice()).order(coding.order());
        int frames = input.remaining() / frameBytes;
        ByteBuffer output = ByteBuffer.allocate(Math.multiplyExact(frames, channels * Short.BYTES))
                .order(ByteOrder.LITTLE_ENDIAN);
        for (int frame = 0; frame < frames; frame++) {
            int at = frame * frameBytes + firstByte;
            for (int channel = 0; channel < channels; channel++) {
                output.putShort(coding.decode(input, at + channel * coding.bytes()));
            }
        }
        input.position(frames * frameBytes);
        carried = input.hasRemaining() ? UtteranceCutter.copy(input) : NOTHING;
        return output.flip();
    }

    private ByteBuffer joined(ByteBuffer bytes) {
        return ByteBuffer.allocate(Math.addExact(carried.remaining(), bytes.remaining()))
                .put(carried)
                .put(bytes.duplicate())
                .flip();
    }
}
