package io.qwenasr.session;

import io.qwenasr.AudioFormat;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the whole samples in a caller's chunks.
 *
 * <p>Tells a range instead of making views, which would cost an object for each append. Used by one thread at
 * a time.
 */
final class AppendSplitter {

    /**
     * Audio bytes of the largest append; a multiple of 6, so that neither a sample nor base64 is cut.
     *
     * <p>The service documents 15 MiB for one append, but its gateway was seen to refuse frames over 262,144
     * bytes; these keep the whole JSON under 200,000.
     */
    static final int MAX_AUDIO_BYTES = 144_000;

    private final boolean pcm;
    private boolean carrying;
    private byte carried;
    private int from;
    private int to;

    AppendSplitter(AudioFormat format) {
        this.pcm = format.encoding() == AudioFormat.Encoding.PCM;
    }

    /** Returns null, or why the chunk cannot be sent. */
    @Nullable String refusal(ByteBuffer chunk) {
        return pcm || chunk.remaining() <= MAX_AUDIO_BYTES
                ? null
                : "an Opus chunk must not exceed " + MAX_AUDIO_BYTES + " bytes, since packets cannot be cut; got "
                        + chunk.remaining();
    }

    /**
     * Returns where the whole samples up to the end of the chunk are: the chunk itself or a copy, from
     * {@link #from()} to {@link #to()}. An odd byte waits for the next chunk.
     */
    ByteBuffer wholeSamples(ByteBuffer chunk) {
        ByteBuffer audio = carrying ? withCarriedByte(chunk) : chunk;
        from = audio.position();
        to = audio.limit();
        carrying = pcm && (to - from & 1) == 1;
        if (carrying) {
            carried = audio.get(--to);
        }
        return audio;
    }

    int from() {
        return from;
    }

    int to() {
        return to;
    }

    private ByteBuffer withCarriedByte(ByteBuffer chunk) {
        return ByteBuffer.allocate(1 + chunk.remaining())
                .put(carried)
                .put(chunk.duplicate())
                .flip();
    }
}
