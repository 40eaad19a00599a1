package io.qwenasr.session;

import io.qwenasr.AudioFormat;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Cuts a caller's chunks into pieces that fit an append: whole samples, and small enough for the gateway.
 *
 * <p>The service documents 15 MiB for one append, but its gateway was seen to refuse frames over 262,144
 * bytes; the pieces keep the whole JSON under 200,000. Used by one thread at a time.
 */
final class AppendSplitter {

    /** Audio bytes of the largest append; a multiple of 6, so that neither a sample nor base64 is cut. */
    static final int MAX_AUDIO_BYTES = 144_000;

    /** Receives the pieces, each a whole number of samples; the buffer is only lent. */
    interface Output {
        void piece(ByteBuffer audio);
    }

    private final boolean pcm;
    private boolean carrying;
    private byte carried;

    AppendSplitter(AudioFormat format) {
        this.pcm = format.encoding() == AudioFormat.Encoding.PCM;
    }

    /**
     * Gives the pieces of a chunk to the output, none if the chunk holds no whole sample.
     *
     * @return null, or why the chunk cannot be sent
     */
    @Nullable String split(ByteBuffer chunk, Output output) {
        if (!pcm) {
            return splitPackets(chunk, output);
        }
        ByteBuffer audio = withCarriedByte(chunk);
        int end = audio.limit() - (audio.remaining() & 1);
        carrying = end < audio.limit();
        if (carrying) {
            carried = audio.get(end);
        }
        while (audio.position() < end) {
            int pieceEnd = Math.min(end, audio.position() + MAX_AUDIO_BYTES);
            audio.limit(pieceEnd);
            output.piece(audio);
            audio.position(pieceEnd);
            audio.limit(end);
        }
        return null;
    }

    private static @Nullable String splitPackets(ByteBuffer chunk, Output output) {
        if (chunk.remaining() > MAX_AUDIO_BYTES) {
            return "an Opus chunk must not exceed " + MAX_AUDIO_BYTES + " bytes, since packets cannot be cut; got "
                    + chunk.remaining();
        }
        if (chunk.hasRemaining()) {
            output.piece(chunk.duplicate());
        }
        return null;
    }

    private ByteBuffer withCarriedByte(ByteBuffer chunk) {
        if (!carrying) {
            return chunk.duplicate();
        }
        ByteBuffer joined = ByteBuffer.allocate(1 + chunk.remaining());
        return joined.put(carried).put(chunk.duplicate()).flip();
    }
}
