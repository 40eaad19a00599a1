package io.qwenasr.samples.cli;

import io.qwenasr.AudioLedger;
import io.qwenasr.AudioLedger.Entry;
import io.qwenasr.AudioLedger.State;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.Summary;
import java.util.Locale;
import java.util.function.Consumer;

/** Says that sessions were lost, and, at the end, what became of the audio. */
final class ResumeNotice {

    private final Consumer<String> say;
    private boolean worthTelling;

    ResumeNotice(Consumer<String> say) {
        this.say = say;
    }

    void accept(TranscriptionEvent event) {
        if (event instanceof Reconnected again) {
            worthTelling |= !again.replayed().isZero() || !again.lost().isZero();
            say.accept("reconnected at attempt " + again.attempt() + ", " + Text.seconds(again.replayed())
                    + " of audio sent again"
                    + (again.lost().isZero() ? "" : ", " + Text.seconds(again.lost()) + " lost") + ", after: "
                    + ErrorReport.of(again.cause()).message());
        } else if (event instanceof Summary summary) {
            tell(summary.ledger());
        }
    }

    private void tell(AudioLedger ledger) {
        if (!worthTelling && ledger.total(State.LOST).isZero()) {
            return;
        }
        for (Entry entry : ledger.entries()) {
            String reason = entry.reason();
            say.accept("audio " + Text.position(entry.start()) + " to " + Text.position(entry.end()) + ": "
                    + entry.state().name().toLowerCase(Locale.ROOT) + (reason == null ? "" : ", " + reason));
        }
    }
}
