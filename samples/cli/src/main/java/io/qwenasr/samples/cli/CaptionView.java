package io.qwenasr.samples.cli;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.reactor.captions.Caption;
import io.qwenasr.reactor.captions.CaptionBoard;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;

/**
 * Turns events into captions: one line for each utterance, drawn over until its transcript is final.
 *
 * <p>May be used by several threads.
 */
final class CaptionView {

    /** More at once are not to be followed by a reader, who is at the latest. */
    private static final int MAX_DRAFTS = 4;

    private final CaptionScreen screen;
    private final Supplier<String> status;
    private CaptionBoard board = CaptionBoard.empty();
    private boolean ended;

    CaptionView(CaptionScreen screen) {
        this(screen, () -> "");
    }

    /** With a line below the captions that tells how things are, unless it is empty. */
    CaptionView(CaptionScreen screen, Supplier<String> status) {
        this.screen = screen;
        this.status = status;
    }

    synchronized void accept(TranscriptionEvent event) {
        draw(board.accept(event));
    }

    /** Draws again, since the status, or the terminal, may have changed. */
    synchronized void refresh() {
        if (!ended) {
            screen.show(List.of(), drafts());
        }
    }

    /** Adds a line that is no caption. */
    synchronized void say(String line) {
        screen.show(List.of(line), drafts());
    }

    /** Leaves what is final on the screen and takes drafts away. */
    synchronized void end() {
        ended = true;
        draw(board.end());
    }

    private void draw(CaptionBoard next) {
        board = next;
        List<String> lines = board.settled().stream()
                .map(CaptionView::line)
                .filter(line -> !line.isEmpty())
                .toList();
        screen.show(lines, drafts());
    }

    private List<CaptionScreen.Draft> drafts() {
        List<CaptionScreen.Draft> drafts = new ArrayList<>();
        board.current().stream()
                .map(CaptionView::draft)
                .filter(draft -> !draft.whole().isBlank())
                .forEach(drafts::add);
        drafts.subList(0, Math.max(0, drafts.size() - MAX_DRAFTS)).clear();
        String now = ended ? "" : status.get();
        if (!now.isEmpty()) {
            drafts.add(new CaptionScreen.Draft("", now));
        }
        return drafts;
    }

    private static CaptionScreen.Draft draft(Caption caption) {
        return caption.isOpen()
                ? new CaptionScreen.Draft(clean(caption.confirmed()), clean(caption.tentative()))
                : new CaptionScreen.Draft(line(caption), "");
    }

    private static String line(Caption caption) {
        if (caption.outcome() instanceof AudioDropped dropped) {
            return "[" + Text.seconds(dropped.length()) + " of audio lost at " + Text.position(dropped.start()) + "]";
        }
        return caption.outcome() instanceof Failed failed
                ? "[not transcribed: " + Text.oneLine(failed.error().describe()) + "]"
                : Text.oneLine(caption.text());
    }

    /** Unlike {@link Text#oneLine}, keeps the blanks at the seam between the two parts. */
    private static String clean(String part) {
        return part.replaceAll("\\s", " ").replaceAll("\\p{Cc}", "?");
    }
}
