package io.qwenasr.reactor.tck;

import io.qwenasr.AudioFormat;
import io.qwenasr.reactor.AudioSources;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import reactor.core.publisher.Flux;

/** Raw audio from a stream, read on a thread that may block. */
public class RawSourceVerification extends FluxVerification<ByteBuffer> {

    private static final int RATE = AudioFormat.PCM_16K.sampleRate();
    private static final int CHUNK = 3_200;

    /** So many bytes of nothing. */
    private static final class Silence extends InputStream {
        private long left;

        Silence(long length) {
            left = length;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) {
            int count = (int) Math.min(left, length);
            left -= count;
            Arrays.fill(bytes, offset, offset + count, (byte) 0);
            return count == 0 ? -1 : count;
        }
    }

    @Override
    Flux<ByteBuffer> flux(int elements) {
        return AudioSources.raw(() -> new Silence((long) elements * CHUNK), RATE, AudioFormat.PCM_16K);
    }

    @Override
    Flux<ByteBuffer> failed() {
        return AudioSources.raw(
                () -> {
                    throw new IOException("unplugged");
                },
                RATE,
                AudioFormat.PCM_16K);
    }

    @Override
    boolean answersBadRequests() {
        return false;
    }
}
