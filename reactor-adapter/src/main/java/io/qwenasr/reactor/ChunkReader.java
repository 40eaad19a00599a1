package io.qwenasr.reactor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
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

    private final PcmSource source;
    private final PcmChunks chunks;
    private final byte[] block;

    private final int targetRate;

    private @Nullable InputStream bytes;
    private @Nullable PcmDecoder decoder;
    private boolean ended;
    private volatile boolean cancelled;

    ChunkReader(PcmSource source, int targetRate) {
        this.source = source;
        this.targetRate = targetRate;
        this.chunks = new PcmChunks(targetRate, source.chunksPerSecond());
        this.block = new byte[source.blockBytes()];
    }

    /** Opens the stream and reads its header, so that what is no audio is told at once. */
    ChunkReader open() {
        try {
            InputStream in = source.open();
            bytes = in;
            PcmDecoder opened = source.decoder(in, targetRate);
            decoder = opened;
            while (!opened.isReady()) {
                read(in, opened);
            }
        } catch (Exception e) {
            close();
            if (!cancelled) {
                throw source.failure(e);
            }
        }
        return this;
    }

    void next(SynchronousSink<ByteBuffer> sink) {
        try {
            fill();
        } catch (IOException | RuntimeException e) {
            // Cancelling interrupts the read; its failure has no one left to go to.
            if (cancelled) {
                sink.complete();
            } else {
                emitChunk(sink);
                sink.error(source.failure(e));
            }
            return;
        }
        emitChunk(sink);
        if (ended && chunks.isEmpty()) {
            sink.complete();
        }
    }

    private void emitChunk(SynchronousSink<ByteBuffer> sink) {
        if (!chunks.isEmpty()) {
            sink.next(chunks.take());
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

    /** Reads until a chunk is there or the stream has ended. */
    private void fill() throws IOException {
        InputStream in = bytes;
        PcmDecoder to = decoder;
        if (in == null || to == null) {
            ended = true;
            return;
        }
        while (!ended && !(source.looksAhead() ? chunks.hasMoreThanWhole() : chunks.hasWhole())) {
            read(in, to);
        }
    }

    private void read(InputStream in, PcmDecoder to) throws IOException {
        int read = to.isDone() ? -1 : in.read(block);
        if (read == 0) {
            throw new IOException("the stream gives neither bytes nor its end");
        }
        if (read > 0) {
            to.decode(ByteBuffer.wrap(block, 0, read), chunks);
        }
        if (read < 0 || to.isDone()) {
            to.finish(chunks);
            ended = true;
        }
    }
}
