package io.qwenasr.reactor.resume;

import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A signal on the tape and the next one, if there is one yet. */
final class TapeNode {

    private final long number;
    private final AudioSignal signal;
    private final long start;
    private final long end;

    /** The manual utterance that this belongs to. */
    private volatile @Nullable ManualUtterance utterance;

    private volatile @Nullable TapeNode next;

    /**
     * @param number counts the nodes of the tape
     * @param start where it begins on the timeline, in bytes of audio
     * @param end where it ends
     */
    TapeNode(long number, AudioSignal signal, long start, long end, @Nullable ManualUtterance utterance) {
        this.number = number;
        this.signal = signal;
        this.start = start;
        this.end = end;
        this.utterance = utterance;
    }

    long number() {
        return number;
    }

    long start() {
        return start;
    }

    long end() {
        return end;
    }

    /** How much audio of it lies between two positions. */
    long audioIn(long from, long to) {
        return isGap() ? 0 : Math.max(0, Math.min(end, to) - Math.max(start, from));
    }

    boolean isGap() {
        return signal instanceof AudioSignal.Gap;
    }

    /** Tells whether an utterance that the caller ends is over behind it. */
    boolean isBoundary() {
        return signal instanceof AudioSignal.Commit || signal instanceof AudioSignal.Clear;
    }

    @Nullable ManualUtterance utterance() {
        return utterance;
    }

    /** Tells whether its utterance has its result, so that it is not to be sent again. */
    boolean isDone() {
        ManualUtterance whole = utterance;
        return whole != null && whole.isDone();
    }

    void belongsTo(ManualUtterance whole) {
        utterance = whole;
    }

    @Nullable TapeNode next() {
        return next;
    }

    void link(TapeNode after) {
        next = after;
    }

    /** Returns the signal from a position on, which lies within it. */
    AudioSignal from(long position) {
        if (position <= start || !(signal instanceof AudioSignal.Chunk chunk)) {
            return signal;
        }
        ByteBuffer audio = chunk.audio();
        int skipped = (int) (position - start);
        return new AudioSignal.Chunk(audio.slice(audio.position() + skipped, audio.remaining() - skipped));
    }
}
