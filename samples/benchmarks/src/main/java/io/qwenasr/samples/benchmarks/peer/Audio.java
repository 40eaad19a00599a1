package io.qwenasr.samples.benchmarks.peer;

import java.nio.ByteBuffer;
import java.util.SplittableRandom;

/** Chunks of audio: 100 ms of 16-bit mono PCM at 16 kHz. */
public final class Audio {

    /** Bytes of one append in every scenario. */
    public static final int APPEND_BYTES = 3_200;

    private Audio() {}

    /** Returns a chunk of noise; no encoder depends on what the audio is. */
    public static byte[] noise(long seed) {
        byte[] pcm = new byte[APPEND_BYTES];
        new SplittableRandom(seed).nextBytes(pcm);
        return pcm;
    }

    /** Returns the same in a buffer. */
    public static ByteBuffer chunk(long seed) {
        return ByteBuffer.wrap(noise(seed));
    }

    /** Returns the bytes as the APIs that know no buffers want them; no copy where none is needed. */
    static byte[] bytes(ByteBuffer pcm) {
        if (pcm.hasArray() && pcm.arrayOffset() == 0 && pcm.position() == 0 && pcm.remaining() == pcm.array().length) {
            return pcm.array();
        }
        byte[] bytes = new byte[pcm.remaining()];
        pcm.duplicate().get(bytes);
        return bytes;
    }
}
