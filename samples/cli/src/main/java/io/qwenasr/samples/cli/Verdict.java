package io.qwenasr.samples.cli;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.ErrorReported;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import java.util.function.Consumer;

/** What came of a session that did not fail as a whole. */
final class Verdict {

    private final Consumer<String> say;
    private boolean spoken;
    private int failed;

    Verdict(Shell shell) {
        this(shell::say);
    }

    Verdict(Consumer<String> say) {
        this.say = say;
    }

    /** Notes results and says what went wrong. */
    void accept(TranscriptionEvent event) {
        if (event instanceof Final end) {
            spoken |= !end.transcript().isBlank();
        } else if (event instanceof Failed item) {
            failed++;
            say.accept("utterance " + item.itemId() + " could not be transcribed: "
                    + item.error().describe());
        } else if (event instanceof ErrorReported reported) {
            say.accept("the service reported " + reported.error().describe());
        }
    }

    /** How many utterances could not be transcribed. */
    int failed() {
        return failed;
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
