package io.qwenasr.reactor;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the order of what comes in while the emitting thread is busy: boundaries, which may come at any time but
 * count once between two chunks, and a single chunk, since a second is not requested before the first is taken.
 */
final class SignalMailbox {

    /** What came in, in this order. */
    record Mail(boolean boundaryBefore, @Nullable ByteBuffer chunk, boolean boundaryAfter, boolean inputEnded) {}

    private boolean boundaryBefore;
    private @Nullable ByteBuffer chunk;
    private boolean boundaryAfter;
    private boolean inputEnded;

    /** Looked at for each chunk, so without the lock. */
    private volatile boolean empty = true;

    /** Returns false if a chunk is waiting already. */
    synchronized boolean put(ByteBuffer audio) {
        if (chunk != null) {
            return false;
        }
        chunk = audio;
        empty = false;
        return true;
    }

    synchronized void boundary() {
        if (chunk == null) {
            boundaryBefore = true;
        } else {
            boundaryAfter = true;
        }
        empty = false;
    }

    /** One of several inputs has ended, and an utterance with it. */
    synchronized void endOfInput() {
        inputEnded = true;
        boundary();
    }

    /** Returns what came in since the last call, or null if that is nothing. */
    @Nullable Mail take() {
        return empty ? null : takeAll();
    }

    private synchronized Mail takeAll() {
        Mail mail = new Mail(boundaryBefore, chunk, boundaryAfter, inputEnded);
        boundaryBefore = false;
        chunk = null;
        boundaryAfter = false;
        inputEnded = false;
        empty = true;
        return mail;
    }
}
