package io.qwenasr.samples.cli;

import io.qwenasr.AudioSignal;
import io.qwenasr.reactor.CommitBoundaries;
import java.time.Duration;
import java.util.function.Consumer;

/** Tells where audio that was to be one utterance had to be cut: at commits that more audio follows. */
final class CutNotice implements Consumer<AudioSignal> {

    private final Consumer<Duration> listener;
    private boolean committed;
    private int cuts;

    CutNotice(Consumer<Duration> listener) {
        this.listener = listener;
    }

    @Override
    public void accept(AudioSignal signal) {
        if (signal instanceof AudioSignal.Commit) {
            committed = true;
        } else if (committed && signal instanceof AudioSignal.Chunk) {
            committed = false;
            cuts++;
            listener.accept(CommitBoundaries.MAX_UTTERANCE.multipliedBy(cuts));
        }
    }
}
