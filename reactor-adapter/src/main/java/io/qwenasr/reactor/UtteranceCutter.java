package io.qwenasr.reactor;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cuts the bytes of one stream into the signals of its utterances. Used by one thread at a time. */
final class UtteranceCutter {

    private static final Logger log = LoggerFactory.getLogger(CommitBoundaries.class);
    private static final ByteBuffer NO_AUDIO = ByteBuffer.allocate(0);

    private final AudioFormat format;
    private final Duration maxUtterance;
    private final long maxBytes;
    private final BoundaryFinder finder;
    private final SampleAligner aligner = new SampleAligner();

    /** Whole samples that were not given out yet. */
    private ByteBuffer rest = NO_AUDIO;

    /** Whether the rest lies in the source's own buffer. */
    private boolean lent;

    private boolean boundaryHere;
    private boolean boundaryAfterRest;
    private long uttered;
    private long position;

    UtteranceCutter(AudioFormat format, Duration maxUtterance, BoundaryFinder finder) {
        this.format = format;
        this.maxUtterance = maxUtterance;
        this.maxBytes = format.bytesIn(maxUtterance);
        this.finder = finder;
    }

    /** Takes the next chunk, of which nothing is kept after {@link #keep()}; all before it must be given out. */
    void offer(ByteBuffer chunk) {
        rest = aligner.align(chunk);
        lent = true;
    }

    /** Ends the utterance after all audio so far, if there is any in it. */
    void boundary() {
        if (rest.hasRemaining()) {
            boundaryAfterRest = true;
        } else {
            boundaryHere = uttered > 0;
        }
    }

    /** Tells whether there is no further signal before more comes in. */
    boolean isEmpty() {
        return !boundaryHere && !rest.hasRemaining();
    }

    /** Returns the next signal; there must be one. */
    AudioSignal next() {
        if (boundaryHere) {
            return commit();
        }
        if (uttered == maxBytes) {
            log.info(
                    "Committed an utterance at its greatest length of {}, {} after the beginning of the audio",
                    maxUtterance,
                    format.durationOf(position));
            return commit();
        }
        return chunk();
    }

    private AudioSignal commit() {
        boundaryHere = false;
        uttered = 0;
        finder.onCommit();
        return AudioSignal.commit();
    }

    private AudioSignal chunk() {
        int most = (int) Math.min(rest.remaining(), maxBytes - uttered);
        int found = finder.find(first(most), uttered);
        int length = found == BoundaryFinder.NONE ? most : found;
        ByteBuffer piece = first(length);
        rest = length == rest.remaining() ? NO_AUDIO : rest.slice(rest.position() + length, rest.remaining() - length);
        uttered += length;
        position += length;
        boundaryHere = found != BoundaryFinder.NONE;
        if (!rest.hasRemaining() && boundaryAfterRest) {
            boundaryAfterRest = false;
            boundaryHere = true;
        }
        return AudioSignal.chunk(piece);
    }

    /** Returns a view, for the usual chunk that stays whole the rest itself. */
    private ByteBuffer first(int bytes) {
        return bytes == rest.remaining() ? rest : rest.slice(rest.position(), bytes);
    }

    /** Copies what has to wait, since the source may reuse its buffer from now on. */
    void keep() {
        if (lent) {
            lent = false;
            rest = rest.hasRemaining() ? copy(rest) : NO_AUDIO;
        }
    }

    void clear() {
        rest = NO_AUDIO;
        lent = false;
        boundaryHere = false;
    }

    static ByteBuffer copy(ByteBuffer audio) {
        return ByteBuffer.allocate(audio.remaining()).put(audio.duplicate()).flip();
    }
}
