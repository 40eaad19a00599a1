package io.qwenasr.reactor;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import reactor.core.publisher.Flux;

/** Audio to cut, and what came of it. */
final class Signals {

    /** What one stream of signals says: all its bytes, and where the commits fall among them. */
    record Timeline(ByteBuffer audio, List<Long> commits) {}

    private Signals() {}

    static Timeline read(List<AudioSignal> signals) {
        ByteArrayOutputStream audio = new ByteArrayOutputStream();
        List<Long> commits = new ArrayList<>();
        for (AudioSignal signal : signals) {
            if (signal instanceof AudioSignal.Chunk chunk) {
                byte[] bytes = new byte[chunk.audio().remaining()];
                chunk.audio().duplicate().get(bytes);
                audio.writeBytes(bytes);
            } else if (signal instanceof AudioSignal.Commit) {
                commits.add((long) audio.size());
            }
        }
        return new Timeline(ByteBuffer.wrap(audio.toByteArray()), commits);
    }

    /** Sizes of the chunks, "C" for each commit. */
    static List<Object> shape(List<AudioSignal> signals) {
        return signals.stream().map(Signals::shape).toList();
    }

    static Object shape(AudioSignal signal) {
        return signal instanceof AudioSignal.Chunk chunk ? chunk.audio().remaining() : "C";
    }

    static byte[] bytes(int count, Random random) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return bytes;
    }

    /** Loud noise and silence by turns, in milliseconds, silence first. */
    static byte[] bursts(AudioFormat format, Random random, int... millis) {
        ByteArrayOutputStream audio = new ByteArrayOutputStream();
        boolean loud = false;
        for (int length : millis) {
            int samples = format.sampleRate() / 1_000 * length;
            for (int i = 0; i < samples; i++) {
                int sample = (int) (random.nextGaussian() * (loud ? 3_000 : 10));
                audio.write(sample);
                audio.write(sample >> 8);
            }
            loud = !loud;
        }
        return audio.toByteArray();
    }

    /** The same bytes in chunks of at most so many bytes, empty ones among them, all in one buffer that is reused. */
    static Flux<ByteBuffer> randomChunks(byte[] audio, int most, Random random) {
        List<Integer> sizes = new ArrayList<>();
        for (int at = 0; at < audio.length; ) {
            int size = Math.min(audio.length - at, random.nextInt(most + 1));
            sizes.add(size);
            at += size;
        }
        return Flux.defer(() -> {
            ByteBuffer reused = ByteBuffer.allocate(most);
            int[] at = {0};
            return Flux.fromIterable(sizes).map(size -> {
                reused.clear().put(audio, at[0], size).flip();
                at[0] += size;
                return reused;
            });
        });
    }

    /** Copies what is lent. */
    static AudioSignal own(AudioSignal signal) {
        return signal instanceof AudioSignal.Chunk chunk
                ? AudioSignal.chunk(UtteranceCutter.copy(chunk.audio()))
                : signal;
    }
}
