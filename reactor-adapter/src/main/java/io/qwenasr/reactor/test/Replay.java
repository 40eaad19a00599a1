package io.qwenasr.reactor.test;

import io.qwenasr.reactor.recording.RecordedEntry;
import io.qwenasr.reactor.recording.RecordedFailureException;

/** What is common to replays. */
final class Replay {

    private Replay() {}

    /** Plays one entry; signals are nobody's to play. */
    static void play(RecordedEntry entry, Stage stage) {
        if (entry instanceof RecordedEntry.Event event) {
            stage.emit(event.event());
        } else if (entry instanceof RecordedEntry.End end) {
            end(end, stage);
        }
    }

    private static void end(RecordedEntry.End end, Stage stage) {
        Throwable error = end.error();
        switch (end.how()) {
            case COMPLETED -> {
                // The session completes by itself, with its audio.
            }
            case FAILED ->
                stage.fail(error == null ? new RecordedFailureException(null, "the recorded session failed") : error);
            case CANCELLED ->
                stage.fail(new RecordedFailureException(
                        null, "the recording ends here: its subscriber cancelled after " + end.at()));
            case TRUNCATED ->
                stage.fail(new RecordedFailureException(
                        null, "the recording ends here, after " + end.at() + ": " + end.reason()));
        }
    }
}
