package io.qwenasr.reactor.test;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import reactor.core.publisher.Flux;

/** Audio for the tests of the test kit. */
final class TestSignals {

    static final SessionOptions VAD = SessionOptions.defaults();
    static final SessionOptions MANUAL = SessionOptions.builder().manual().build();

    private TestSignals() {}

    static AudioSignal chunk(int millis) {
        return AudioSignal.chunk(ByteBuffer.allocate(bytes(millis)));
    }

    static int bytes(int millis) {
        return (int) AudioFormat.PCM_16K.bytesIn(Duration.ofMillis(millis));
    }

    /** Returns so many chunks of 100 ms. */
    static Flux<AudioSignal> chunks(int count) {
        return Flux.range(0, count).map(i -> chunk(100));
    }

    /** Waits until something holds, 60 s at most. */
    static void await(String what, BooleanSupplier holds) {
        long deadline = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (!holds.getAsBoolean()) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within 60 s: " + what);
            }
            LockSupport.parkNanos(1_000_000);
        }
    }

    /** Returns noise without a zero sample. */
    static byte[] noise(int millis, long seed) {
        byte[] noise = new byte[bytes(millis)];
        new Random(seed).nextBytes(noise);
        for (int i = 0; i < noise.length; i += 2) {
            noise[i] |= 1;
        }
        return noise;
    }
}
