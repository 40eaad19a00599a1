package io.qwenasr.reactor.test;

import io.qwenasr.AudioSignal;
import io.qwenasr.reactor.recording.RecordedEntry;
import io.qwenasr.reactor.recording.Recording;
import java.time.Duration;
import java.util.List;

/** Plays a recording by its times. */
final class TimedReplay implements Director {

    private final List<RecordedEntry> entries;
    private final double speed;
    private final Stage stage;
    private int next;

    TimedReplay(Recording recording, double speed, Stage stage) {
        this.entries = recording.entries();
        this.speed = speed;
        this.stage = stage;
    }

    @Override
    public void onStart() {
        playDue();
    }

    /** Plays what is due, and plans the rest; each entry by the clock, so that delays do not add up. */
    private void playDue() {
        while (next < entries.size()) {
            Duration left =
                    RecordedTranscriber.scaled(entries.get(next).at(), speed).minus(stage.now());
            if (left.compareTo(Duration.ZERO) > 0) {
                stage.later(left, this::playDue);
                return;
            }
            Replay.play(entries.get(next++), stage);
        }
    }

    @Override
    public void onSignal(AudioSignal signal) {}

    @Override
    public void onAudioComplete() {}
}
