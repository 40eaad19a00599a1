package io.qwenasr.samples.localengine;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.samples.localengine.Endpointer.Change;
import org.jspecify.annotations.Nullable;

/** Utterances found by voice activity detection. */
final class VadTurns implements Turns {

    /** Audio before the detected start that is decoded too, so that soft onsets are not lost: 300 ms. */
    static final int PRE_ROLL = 3 * Pcm.RATE / 10;

    private final Vad vad;
    private final Endpointer endpointer;
    private final SessionEvents events;
    private final AudioHistory history = new AudioHistory(Pcm.RATE);
    private final short[] frame = new short[Vad.FRAME];
    private int filled;
    private long previousEnd;
    private long start;
    private @Nullable Utterance utterance;

    VadTurns(Vad vad, Endpointer endpointer, SessionEvents events) {
        this.vad = vad;
        this.endpointer = endpointer;
        this.events = events;
    }

    @Override
    public void audio(short[] samples) {
        for (int from = 0; from < samples.length; ) {
            int count = Math.min(samples.length - from, Vad.FRAME - filled);
            System.arraycopy(samples, from, frame, filled, count);
            filled += count;
            from += count;
            if (filled == Vad.FRAME) {
                frame();
                filled = 0;
            }
        }
    }

    private void frame() {
        history.add(frame, Vad.FRAME);
        Change change = endpointer.accept(vad.probability(frame));
        switch (change) {
            case STARTED -> start(endpointer.start(), Math.max(previousEnd, endpointer.start() - PRE_ROLL));
            case STOPPED -> stop(endpointer.end());
            case CUT -> {
                feed(Vad.FRAME);
                stop(endpointer.end());
                start(endpointer.start(), endpointer.start());
            }
            case NONE -> feed(Vad.FRAME);
        }
    }

    private void start(long at, long decodeFrom) {
        start = at;
        String id = Ids.item();
        Utterance started = events.begin(id);
        utterance = started;
        events.emit(new TranscriptionEvent.SpeechStarted(id, Pcm.duration(at)));
        short[] heard = history.since(decodeFrom);
        started.accept(heard, 0, heard.length);
    }

    private void feed(int length) {
        if (utterance != null) {
            utterance.accept(frame, 0, length);
        }
    }

    private void stop(long end) {
        Utterance stopped = utterance;
        if (stopped == null) {
            return;
        }
        events.emit(new TranscriptionEvent.SpeechStopped(stopped.id(), Pcm.duration(end)));
        events.complete(stopped, start, end);
        utterance = null;
        previousEnd = end;
    }

    @Override
    public void commit() {
        events.refuse("commit_not_allowed", "A commit is only allowed with turn_detection null; it is ignored.");
    }

    @Override
    public void clear() {
        events.refuse("clear_not_allowed", "A clear is only allowed with turn_detection null; it is ignored.");
    }

    @Override
    public void finish() {
        feed(filled);
        if (endpointer.finish(history.end() + filled) == Change.STOPPED) {
            stop(endpointer.end());
        }
    }

    @Override
    public void close() {
        if (utterance != null) {
            utterance.close();
            utterance = null;
        }
        vad.close();
    }
}
