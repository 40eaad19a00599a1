package io.qwenasr.samples.cli;

import io.qwenasr.AudioLedger.State;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.ErrorReported;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.Summary;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.Consumer;

/** What came of a session that did not fail as a whole. */
final class Verdict {

    private final Consumer<String> say;
    private boolean spoken;
    private int failed;

    // Each tells of the same losses, as far as it knows them.
    private Duration dropped = Duration.ZERO;
    private Duration notSentAgain = Duration.ZERO;
    private Duration inLedger = Duration.ZERO;

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
        } else if (event instanceof AudioDropped gap) {
            dropped = dropped.plus(gap.length());
        } else if (event instanceof Reconnected again) {
            notSentAgain = notSentAgain.plus(again.lost());
        } else if (event instanceof Summary summary) {
            inLedger = summary.ledger().total(State.LOST);
        }
    }

    /** Whether the transcript has a hole. */
    boolean isPartial() {
        return failed > 0 || !lost().isZero();
    }

    private Duration lost() {
        return Collections.max(List.of(dropped, notSentAgain, inLedger));
    }

    /** What the transcript lacks. */
    String missing() {
        List<String> holes = new ArrayList<>();
        if (!lost().isZero()) {
            holes.add(Text.seconds(lost()) + " of audio was lost");
        }
        if (failed > 0) {
            holes.add(failed + (failed == 1 ? " utterance" : " utterances") + " could not be transcribed");
        }
        return String.join(" and ", holes);
    }

    /** Judges a session that ran to its end, and says what its transcript lacks. */
    ExitCode of(String audio) {
        if (isPartial()) {
            say.accept("the transcript of " + audio + " is not whole: " + missing());
            return ExitCode.PARTLY_FAILED;
        }
        if (!spoken) {
            throw new CommandFailure(ExitCode.NO_SPEECH, "no speech found in " + audio);
        }
        return ExitCode.OK;
    }
}
