package io.qwenasr.samples.localengine;

import io.qwenasr.ServerError;
import io.qwenasr.TranscriptionEvent;
import org.jspecify.annotations.Nullable;

/** Utterances that the caller commits. They are decoded, and shown, while their audio arrives. */
final class ManualTurns implements Turns {

    private final SessionEvents events;
    private long position;
    private long start;
    private @Nullable Utterance utterance;

    ManualTurns(SessionEvents events) {
        this.events = events;
    }

    @Override
    public void audio(short[] samples) {
        if (samples.length == 0) {
            return;
        }
        Utterance current = utterance;
        if (current == null) {
            current = events.begin(Ids.item());
            utterance = current;
            start = position;
        }
        position += samples.length;
        current.accept(samples, 0, samples.length);
    }

    @Override
    public void commit() {
        if (utterance == null) {
            events.refuse(null, "Error committing input audio buffer: buffer too small, or have no audio.");
        } else {
            complete(utterance);
        }
    }

    private void complete(Utterance committed) {
        events.complete(committed, start, position);
        utterance = null;
    }

    @Override
    public void clear() {
        Utterance cleared = utterance;
        if (cleared != null) {
            utterance = null;
            cleared.close();
            if (cleared.isShown()) {
                events.emit(new TranscriptionEvent.Failed(
                        cleared.id(),
                        new ServerError(
                                ServerError.INVALID_REQUEST,
                                "item_cleared",
                                "The audio was cleared before it was committed.",
                                null,
                                null)));
            }
        }
        events.emit(new TranscriptionEvent.Cleared());
    }

    @Override
    public void finish() {
        if (utterance != null) {
            complete(utterance);
        }
    }

    @Override
    public void close() {
        if (utterance != null) {
            utterance.close();
            utterance = null;
        }
    }
}
