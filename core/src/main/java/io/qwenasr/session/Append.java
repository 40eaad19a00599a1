package io.qwenasr.session;

import io.netty.buffer.ByteBuf;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.FutureListener;

/**
 * A chunk, or a piece of one, as a frame on its way from the caller's thread to the socket.
 *
 * <p>One object does for the hop to the event loop and for the end of the write, since this is made ten times
 * a second for each session.
 */
final class Append implements Runnable, FutureListener<Void> {

    /** Takes the steps of the way, on the event loop. */
    interface Way {
        void onArrived(Append append);

        void onWritten(Append append, Future<Void> written);
    }

    private final Way way;
    private final ByteBuf frame;
    private final int wireBytes;
    private final int audioBytes;
    private final int chunkBytes;

    /** @param chunkBytes audio bytes of the whole chunk with its first piece, 0 with the others */
    Append(Way way, ByteBuf frame, int audioBytes, int chunkBytes) {
        this.way = way;
        this.frame = frame;
        this.wireBytes = frame.readableBytes();
        this.audioBytes = audioBytes;
        this.chunkBytes = chunkBytes;
    }

    ByteBuf frame() {
        return frame;
    }

    int wireBytes() {
        return wireBytes;
    }

    int audioBytes() {
        return audioBytes;
    }

    boolean isFirstOfChunk() {
        return chunkBytes > 0;
    }

    int chunkBytes() {
        return chunkBytes;
    }

    @Override
    public void run() {
        way.onArrived(this);
    }

    @Override
    public void operationComplete(Future<Void> written) {
        way.onWritten(this, written);
    }
}
