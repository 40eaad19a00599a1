package io.qwenasr.samples.cli;

import io.qwenasr.AudioFormat;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** Remembers when each position of the audio was sent. Written by one thread at a time, read after the session. */
final class AudioClock {

    private record Mark(long positionNanos, long instant) {}

    private final AudioFormat format;
    private final LongSupplier nanoTime;
    private final List<Mark> marks = new ArrayList<>();
    private long bytes;

    AudioClock(AudioFormat format, LongSupplier nanoTime) {
        this.format = format;
        this.nanoTime = nanoTime;
    }

    Flux<ByteBuffer> watch(Flux<ByteBuffer> audio) {
        return audio.doOnNext(chunk -> sent(chunk.remaining()));
    }

    /** Audio of that size leaves at this instant; a chunk leaves when its last sample has been spoken. */
    synchronized void sent(int audioBytes) {
        bytes += audioBytes;
        marks.add(new Mark(format.durationOf(bytes).toNanos(), nanoTime.getAsLong()));
    }

    /** How much audio was sent. */
    synchronized Duration length() {
        return format.durationOf(bytes);
    }

    /**
     * Tells when a position was spoken: between two chunks in proportion, at the edges that of the nearest chunk.
     *
     * @return a nanosecond reading, or null if nothing was sent
     */
    synchronized @Nullable Long instantOf(Duration position) {
        long wanted = position.toNanos();
        Mark before = null;
        for (Mark mark : marks) {
            if (mark.positionNanos >= wanted) {
                return before == null ? mark.instant : between(before, mark, wanted);
            }
            before = mark;
        }
        return before == null ? null : before.instant;
    }

    private static long between(Mark before, Mark after, long wanted) {
        double share = (double) (wanted - before.positionNanos) / (after.positionNanos - before.positionNanos);
        return before.instant + Math.round(share * (after.instant - before.instant));
    }
}
