package io.qwenasr.samples.cli;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.ErrorReported;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;

/** What came of a session that did not fail as a whole. */
final class Verdict {

    private final Shell shell;
    private boolean spoken;
    private int failed;

    Verdict(Shell shell) {
        this.shell = shell;
    }

    /** Notes results and says on standard error what went wrong. */
    void accept(TranscriptionEvent event) {
        if (event instanceof Final end) {
            spoken |= !end.transcript().isBlank();
        } else if (event instanceof Failed item) {
            failed++;
            shell.say("utterance " + item.itemId() + " could not be transcribed: "
                    + item.error().describe());
        } else if (event instanceof ErrorReported reported) {
            shell.say("the service reported " + reported.error().describe());
        }
    }

    /** Judges a session that ran to its end. */
    ExitCode of(String audio) {
        if (failed > 0) {
            return ExitCode.PARTLY_FAILED;
        }
        if (!spoken) {
            throw new CommandFailure(ExitCode.NO_SPEECH, "no speech found in " + audio);
        }
        return ExitCode.OK;
    }
}
