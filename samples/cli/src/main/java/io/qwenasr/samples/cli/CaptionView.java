package io.qwenasr.samples.cli;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import java.util.ArrayList;
import java.util.List;

/** Turns events into captions: one line for each utterance, drawn over until its transcript is final. */
final class CaptionView {

    /** More at once are not to be followed by a reader. */
    private static final int MAX_DRAFTS = 4;

    private final CaptionScreen screen;
    private final ItemOrder order = new ItemOrder();

    CaptionView(CaptionScreen screen) {
        this.screen = screen;
    }

    void accept(TranscriptionEvent event) {
        draw(order.accept(event), order.open());
    }

    /** Leaves what is final on the screen and takes drafts away. */
    void end() {
        draw(order.rest(), List.of());
    }

    private void draw(List<TranscriptionEvent> ends, List<TranscriptionEvent> open) {
        List<String> lines = ends.stream()
                .map(CaptionView::line)
                .filter(line -> !line.isEmpty())
                .toList();
        List<CaptionScreen.Draft> drafts = new ArrayList<>();
        for (TranscriptionEvent event : open) {
            if (event instanceof Partial partial && !partial.preview().isBlank()) {
                drafts.add(new CaptionScreen.Draft(clean(partial.text()), clean(partial.stash())));
            } else if (event instanceof Final || event instanceof Failed) {
                String line = line(event);
                if (!line.isEmpty()) {
                    drafts.add(new CaptionScreen.Draft(line, ""));
                }
            }
        }
        screen.show(lines, drafts.subList(0, Math.min(MAX_DRAFTS, drafts.size())));
    }

    private static String line(TranscriptionEvent end) {
        if (end instanceof Final f) {
            return Text.oneLine(f.transcript());
        }
        return end instanceof Failed failed
                ? "[not transcribed: " + Text.oneLine(failed.error().describe()) + "]"
                : "";
    }

    /** Unlike {@link Text#oneLine}, keeps the blanks at the seam between the two parts. */
    private static String clean(String part) {
        return part.replaceAll("\\s", " ").replaceAll("\\p{Cc}", "?");
    }
}
