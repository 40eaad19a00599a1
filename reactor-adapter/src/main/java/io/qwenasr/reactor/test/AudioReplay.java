package io.qwenasr.reactor.test;

import io.qwenasr.AudioSignal;
import io.qwenasr.reactor.recording.RecordedEntry;
import io.qwenasr.reactor.recording.Recording;
import java.util.List;

/** Plays a recording as far as the audio has come. */
final class AudioReplay implements Director {

    /** How much of the audio has come. */
    private static final class Progress {
        private long bytes;
        private int commits;
        private int clears;
        private int gaps;

        void count(AudioSignal signal) {
            if (signal instanceof AudioSignal.Chunk chunk) {
                bytes += chunk.audio().remaining();
            } else if (signal instanceof AudioSignal.Commit) {
                commits++;
            } else if (signal instanceof AudioSignal.Clear) {
                clears++;
            } else if (signal instanceof AudioSignal.Gap) {
                gaps++;
            }
        }

        boolean reaches(Progress other) {
            return bytes >= other.bytes && commits >= other.commits && clears >= other.clears && gaps >= other.gaps;
        }
    }

    private final List<RecordedEntry> entries;
    private final Stage stage;
    private final Progress played = new Progress();
    private final Progress recorded = new Progress();
    private boolean audioComplete;
    private int next;

    AudioReplay(Recording recording, Stage stage) {
        this.entries = recording.entries();
        this.stage = stage;
    }

    @Override
    public void onStart() {
        play();
    }

    @Override
    public void onSignal(AudioSignal signal) {
        played.count(signal);
        play();
    }

    @Override
    public void onAudioComplete() {
        audioComplete = true;
        play();
    }

    private void play() {
        for (; next < entries.size(); next++) {
            RecordedEntry entry = entries.get(next);
            if (entry instanceof RecordedEntry.Audio chunk) {
                recorded.bytes += chunk.bytes();
            } else if (entry instanceof RecordedEntry.Signal signal) {
                recorded.count(signal.signal());
            } else if (entry instanceof RecordedEntry.AudioEnd) {
                if (!audioComplete) {
                    return;
                }
            } else {
                if (!audioComplete && !played.reaches(recorded)) {
                    return;
                }
                Replay.play(entry, stage);
            }
        }
    }
}
