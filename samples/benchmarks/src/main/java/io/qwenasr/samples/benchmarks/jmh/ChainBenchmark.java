package io.qwenasr.samples.benchmarks.jmh;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.reactor.AudioSources;
import io.qwenasr.reactor.CommitBoundaries;
import io.qwenasr.reactor.Pacing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import reactor.core.publisher.Flux;

/** From a recording to the signals that a session takes; each figure is for 60 seconds of audio, 600 appends. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class ChainBenchmark {

    private static final int SECONDS = 60;
    private static final int APPENDS = 600;
    private static final double FASTEST = 1_000;

    private final byte[] wav = WavBytes.of(SECONDS, 1, 16_000);
    private final List<ByteBuffer> pieces = WavBytes.pieces(wav);
    private final Path file;

    /** Lets the whole recording go ahead. */
    private final Pacing pacing = Pacing.realTime(FASTEST).withLead(Duration.ofSeconds(SECONDS));

    private final CommitBoundaries everyTenSeconds =
            CommitBoundaries.every(Duration.ofSeconds(10), AudioFormat.PCM_16K);

    /** Writes the recording to a file. */
    public ChainBenchmark() {
        try {
            file = Files.write(Files.createTempFile("benchmark", ".wav"), wav);
        } catch (IOException e) {
            throw new IllegalStateException("the recording cannot be written", e);
        }
    }

    /** Removes it. */
    @TearDown
    public void delete() throws IOException {
        Files.delete(file);
    }

    /** The chunks themselves, without any operator. */
    @Benchmark
    public long bare() {
        ByteBuffer chunk = ByteBuffer.wrap(wav, 0, 3_200);
        return count(Flux.range(0, APPENDS).map(i -> AudioSignal.chunk(chunk)));
    }

    /** An upload in memory, decoded. */
    @Benchmark
    public long decode() {
        return count(decoded().map(AudioSignal.Chunk::new));
    }

    /** The same, paced without ever having to wait, and cut every ten seconds. */
    @Benchmark
    public long decodePaceCommit() {
        return count(pacing.apply(decoded(), AudioFormat.PCM_16K).transform(everyTenSeconds));
    }

    /** The same from a file, which is read on another thread. */
    @Benchmark
    public long filePaceCommit() {
        return count(AudioSources.file(file, AudioFormat.PCM_16K, pacing).transform(everyTenSeconds));
    }

    private Flux<ByteBuffer> decoded() {
        return AudioSources.decode(Flux.fromIterable(pieces).map(ByteBuffer::duplicate), AudioFormat.PCM_16K);
    }

    private static long count(Flux<AudioSignal> signals) {
        Long count = signals.count().block();
        if (count == null || count == 0) {
            throw new IllegalStateException("nothing came out");
        }
        return count;
    }
}
