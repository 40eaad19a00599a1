package io.qwenasr.reactor;

import io.qwenasr.audio.PcmConverter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.SynchronousSink;
import reactor.core.scheduler.Schedulers;

/**
 * One subscription's way through a source: per request, reads and converts as much as one chunk takes.
 *
 * <p>Only {@link #cancel()} may come from another thread than the one that reads; {@link #close()} comes
 * after the last read.
 */
final class ChunkReader {

    private static final int CHUNKS_PER_SECOND = 10;

    private final PcmSource source;
    private final int targetRate;
    private final int chunkBytes;

    private @Nullable InputStream bytes;
    private @Nullable PcmConverter converter;
    private byte[] block = {};
    private byte[] pending = {};
    private int pendingBytes;
    private boolean emitted;
    private volatile boolean cancelled;

    ChunkReader(PcmSource source, int targetRate) {
        this.source = source;
        this.targetRate = targetRate;
        this.chunkBytes = targetRate / CHUNKS_PER_SECOND * PcmStream.BYTES_PER_SAMPLE;
    }

    ChunkReader open() {
        try {
            PcmStream pcm = source.open();
            bytes = pcm.bytes();
            converter = PcmConverter.create(pcm.channels(), pcm.sampleRate(), targetRate);
            int frames = pcm.sampleRate() / CHUNKS_PER_SECOND;
            block = new byte[frames * pcm.channels() * PcmStream.BYTES_PER_SAMPLE];
            return this;
        } catch (Exception e) {
            if (cancelled) {
                return this;
            }
            throw source.failure(e);
        }
    }

    void next(SynchronousSink<ByteBuffer> sink) {
        boolean ended;
        try {
            ended = fill();
        } catch (IOException | RuntimeException e) {
            // Cancelling interrupts the read; its failure has no one left to go to.
            if (cancelled) {
                sink.complete();
            } else {
                sink.error(source.failure(e));
            }
            return;
        }
        if (pendingBytes > 0) {
            emitted = true;
            sink.next(take(Math.min(chunkBytes, pendingBytes)));
        }
        if (ended && pendingBytes == 0) {
            RuntimeException empty = emitted ? null : source.empty();
            if (empty == null) {
                sink.complete();
            } else {
                sink.error(empty);
            }
        }
    }

    /** Tells the reader that failures no longer matter. */
    void cancel() {
        cancelled = true;
    }

    /** Closes the stream; on a thread that may not block, somewhere else. */
    void close() {
        InputStream open = bytes;
        bytes = null;
        if (open == null) {
            return;
        }
        if (Schedulers.isInNonBlockingThread()) {
            try {
                Schedulers.boundedElastic().schedule(() -> close(open));
                return;
            } catch (RejectedExecutionException e) {
                // The scheduler was shut down: better to block than to leak.
            }
        }
        close(open);
    }

    private static void close(InputStream open) {
        try {
            open.close();
        } catch (IOException e) {
            // Nothing was written, so nothing is lost.
        }
    }

    /** Reads until a chunk is there, and tells whether the stream has ended. */
    private boolean fill() throws IOException {
        InputStream in = bytes;
        PcmConverter to = converter;
        if (in == null || to == null) {
            return true;
        }
        int wanted = source.looksAhead() ? chunkBytes + 1 : chunkBytes;
        while (pendingBytes < wanted) {
            int read = in.read(block);
            if (read == 0) {
                throw new IOException("the stream gives neither bytes nor its end");
            }
            if (read < 0) {
                append(to.finish());
                return true;
            }
            append(to.convert(ByteBuffer.wrap(block, 0, read)));
        }
        return false;
    }

    private void append(ByteBuffer converted) {
        int length = converted.remaining();
        if (pending.length < pendingBytes + length) {
            pending = Arrays.copyOf(pending, pendingBytes + length);
        }
        converted.get(pending, pendingBytes, length);
        pendingBytes += length;
    }

    private ByteBuffer take(int length) {
        byte[] chunk = Arrays.copyOf(pending, length);
        pendingBytes -= length;
        System.arraycopy(pending, length, pending, 0, pendingBytes);
        return ByteBuffer.wrap(chunk).order(ByteOrder.LITTLE_ENDIAN);
    }
}
