package io.qwenasr.reactor;

import io.qwenasr.AudioFormat;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;

/** Noise of any length that is nowhere in memory: each chunk is made when it is requested. For one subscriber. */
final class LazyRecording {

    static final int CHUNK = 3_200;

    private static final long MULTIPLIER = 0x5DEECE66DL;

    private final long bytes;
    private final AtomicLong pulled = new AtomicLong();

    /**
     * Creates a recording of 16 kHz PCM.
     *
     * @param length whole chunks, that is, tenths of seconds
     */
    LazyRecording(Duration length) {
        bytes = AudioFormat.PCM_16K.bytesIn(length);
    }

    /** Returns the audio, as fast as it is requested; all chunks are in one buffer, which is reused. */
    Flux<ByteBuffer> audio() {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        return Flux.generate(sink -> {
            long from = pulled.getAndAdd(CHUNK);
            fill(chunk, from);
            sink.next(chunk);
            if (from + CHUNK == bytes) {
                sink.complete();
            }
        });
    }

    private static void fill(ByteBuffer chunk, long seed) {
        long state = seed;
        chunk.clear();
        while (chunk.hasRemaining()) {
            state = (state + 1) * MULTIPLIER;
            chunk.putLong(state);
        }
        chunk.flip();
    }

    long bytes() {
        return bytes;
    }

    /** How many bytes have been given so far. */
    long pulled() {
        return pulled.get();
    }

    /** SHA-256 of the whole. */
    String digest() {
        MessageDigest digest = StubSession.sha256();
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK);
        for (long from = 0; from < bytes; from += CHUNK) {
            fill(chunk, from);
            digest.update(chunk);
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
