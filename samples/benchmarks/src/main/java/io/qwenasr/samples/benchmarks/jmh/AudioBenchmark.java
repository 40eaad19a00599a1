package io.qwenasr.samples.benchmarks.jmh;

import io.qwenasr.AudioFormat;
import io.qwenasr.audio.PcmConverter;
import io.qwenasr.audio.Resampler;
import io.qwenasr.reactor.AudioSources;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import reactor.core.publisher.Flux;

/** The audio front-end; each figure is for one second of audio. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class AudioBenchmark {

    private static final int WAV_HEADER = 44;

    private final List<ByteBuffer> recording = WavBytes.pieces(WavBytes.of(1, 1, 16_000));
    private final List<ByteBuffer> music = WavBytes.pieces(WavBytes.of(1, 2, 44_100));
    private final ByteBuffer stereo = ByteBuffer.wrap(WavBytes.of(1, 2, 48_000)).position(WAV_HEADER);
    private final PcmConverter converter = PcmConverter.create(2, 48_000, 16_000);
    private final Resampler resampler = Resampler.create(44_100, 16_000);
    private final short[] samples = new short[44_100];

    /** A WAV file that is in the right format already. */
    @Benchmark
    public Object decodeWav16kMono() {
        return last(recording);
    }

    /** A WAV file that has to be mixed and resampled. */
    @Benchmark
    public Object decodeWav44kStereo() {
        return last(music);
    }

    private static Object last(List<ByteBuffer> file) {
        ByteBuffer last = AudioSources.decode(Flux.fromIterable(file).map(ByteBuffer::duplicate), AudioFormat.PCM_16K)
                .blockLast();
        if (last == null) {
            throw new IllegalStateException("nothing came out");
        }
        return last;
    }

    /** Stereo at 48 kHz to mono at 16 kHz. */
    @Benchmark
    public ByteBuffer convert48kStereo() {
        return converter.convert(stereo);
    }

    /** Mono at 44.1 kHz to 16 kHz. */
    @Benchmark
    public short[] resample44k() {
        return resampler.process(samples, 0, samples.length);
    }
}
