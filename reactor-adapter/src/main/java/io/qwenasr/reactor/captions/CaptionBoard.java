package io.qwenasr.reactor.captions;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Committed;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * All captions as of one event: a pure function of the events so far. Immutable.
 *
 * <p>A caption is {@linkplain #current() current} from its announcement or its first partial on. It is
 * {@linkplain #settled() settled}, once and for good, when it and all those announced before it have ended; so
 * settled captions come in the order of speech, although utterances may overlap and end in another order.
 *
 * <ul>
 *   <li><b>Partials</b> replace the text of their item; see {@link Caption} for what counts as confirmed. Those that
 *       come after the end of their item are left out, and so is a second end; the last 64 settled items are
 *       remembered for that.
 *   <li><b>{@link Failed}</b> keeps the text that was shown; whether to show it is up to the viewer.
 *   <li><b>{@link AudioDropped}</b> takes its place among the captions.
 *   <li><b>{@link Reconnected}</b>: what is open is transcribed again from its start. What was shown stays until the new
 *       partials are as long, or the item ends, so that no word disappears or comes twice.
 *   <li><b>{@link SessionReady}</b> of another session without resuming, as after a {@code retry}: captions that are open
 *       will not end any more and are taken away. Those that have ended are settled.
 *   <li>More than 1,024 captions at once break the contract of events; the oldest one is taken away then.
 * </ul>
 *
 * @since 0.1.0
 */
public final class CaptionBoard {

    private static final int MAX_CURRENT = 1_024;
    private static final int MAX_REMEMBERED = 64;
    private static final CaptionBoard EMPTY =
            new CaptionBoard(List.of(), List.of(), List.of(), List.of(), Flicker.NONE);

    private final List<Caption> current;
    private final List<Caption> settled;

    /** Ids of captions that are no longer current. */
    private final List<String> past;

    /** Ids of open captions whose audio is being sent again. */
    private final List<String> repeated;

    private final Flicker settledFlicker;

    private CaptionBoard(
            List<Caption> current, List<Caption> settled, List<String> past, List<String> repeated, Flicker flicker) {
        this.current = List.copyOf(current);
        this.settled = List.copyOf(settled);
        this.past = List.copyOf(past);
        this.repeated = List.copyOf(repeated);
        this.settledFlicker = flicker;
    }

    /**
     * Returns the board before the first event.
     *
     * @return a board without captions
     */
    public static CaptionBoard empty() {
        return EMPTY;
    }

    /**
     * Returns the captions that are not settled yet.
     *
     * @return those still open, and those that have ended but wait for an open one before them; in the order of their
     *     announcement
     */
    public List<Caption> current() {
        return current;
    }

    /**
     * Returns the captions that the latest event settled.
     *
     * @return those that were current before and are not any more, each with an outcome, in the order of speech;
     *     mostly none
     */
    public List<Caption> settled() {
        return settled;
    }

    /**
     * Measures how restless all captions have been so far.
     *
     * @return of those settled and those current; those taken away without an end do not count
     */
    public Flicker flicker() {
        return current.stream().map(Caption::flicker).reduce(settledFlicker, Flicker::plus);
    }

    /**
     * Takes in the next event.
     *
     * @param event what happened
     * @return the board after it; this one if nothing has changed
     */
    public CaptionBoard accept(TranscriptionEvent event) {
        Objects.requireNonNull(event, "event");
        if (event instanceof SpeechStarted started) {
            return withItem(started.itemId(), caption -> caption.startingAt(started.start()));
        } else if (event instanceof SpeechStopped stopped && stopped.itemId() != null) {
            return withItem(stopped.itemId(), caption -> caption.endingAt(stopped.end()));
        } else if (event instanceof Committed committed) {
            return withItem(committed.itemId(), caption -> caption);
        } else if (event instanceof Partial partial) {
            return onPartial(partial);
        } else if (event instanceof Final done) {
            return withItem(done.itemId(), caption -> caption.ending(done));
        } else if (event instanceof Failed failed) {
            return withItem(failed.itemId(), caption -> caption.failing(failed));
        } else if (event instanceof AudioDropped dropped) {
            return withItem(Caption.lost(dropped).itemId(), caption -> Caption.lost(dropped));
        } else if (event instanceof SessionReady) {
            return current.isEmpty() && past.isEmpty()
                    ? unsettled()
                    : new CaptionBoard(
                            List.of(), ended(), List.of(), List.of(), settledFlicker.plus(flickerOf(ended())));
        } else if (event instanceof Reconnected) {
            return openIds().equals(repeated) ? unsettled() : next(current, past, openIds());
        }
        return unsettled();
    }

    /**
     * Takes in that there will be no more events.
     *
     * @return a board without current captions: those that have ended are settled, those still open are taken away
     */
    public CaptionBoard end() {
        return new CaptionBoard(List.of(), ended(), past, List.of(), settledFlicker.plus(flickerOf(ended())));
    }

    private CaptionBoard onPartial(Partial partial) {
        int at = indexOf(partial.itemId());
        if (at < 0 || !current.get(at).isOpen() || !repeated.contains(partial.itemId())) {
            return withItem(partial.itemId(), caption -> caption.reading(partial));
        }
        if (partial.preview().length() < current.get(at).text().length()) {
            return unsettled();
        }
        List<String> others = new ArrayList<>(repeated);
        others.remove(partial.itemId());
        List<Caption> captions = new ArrayList<>(current);
        captions.set(at, current.get(at).reading(partial));
        return next(captions, past, others);
    }

    /** Changes a caption that is open; one that is not known yet is announced by it. */
    private CaptionBoard withItem(String itemId, Change change) {
        int at = indexOf(itemId);
        if (at < 0 ? past.contains(itemId) : !current.get(at).isOpen()) {
            return unsettled();
        }
        List<Caption> captions = new ArrayList<>(current);
        if (at < 0) {
            captions.add(change.of(Caption.announced(itemId)));
        } else {
            Caption changed = change.of(current.get(at));
            if (changed.equals(current.get(at))) {
                return unsettled();
            }
            captions.set(at, changed);
        }
        if (captions.size() > MAX_CURRENT) {
            captions.remove(0);
        }
        return next(captions, past, repeated);
    }

    /** Settles what has no open caption before it. */
    private CaptionBoard next(List<Caption> captions, List<String> before, List<String> again) {
        int done = 0;
        while (done < captions.size() && !captions.get(done).isOpen()) {
            done++;
        }
        List<Caption> ends = captions.subList(0, done);
        if (ends.isEmpty()) {
            return new CaptionBoard(captions, ends, before, again, settledFlicker);
        }
        List<String> ids = new ArrayList<>(before);
        ends.forEach(end -> ids.add(end.itemId()));
        return new CaptionBoard(
                captions.subList(done, captions.size()),
                ends,
                ids.subList(Math.max(0, ids.size() - MAX_REMEMBERED), ids.size()),
                again,
                settledFlicker.plus(flickerOf(ends)));
    }

    private CaptionBoard unsettled() {
        return settled.isEmpty() ? this : new CaptionBoard(current, List.of(), past, repeated, settledFlicker);
    }

    private int indexOf(String itemId) {
        for (int i = 0; i < current.size(); i++) {
            if (current.get(i).itemId().equals(itemId)) {
                return i;
            }
        }
        return -1;
    }

    private List<Caption> ended() {
        return current.stream().filter(caption -> !caption.isOpen()).toList();
    }

    private List<String> openIds() {
        return current.stream().filter(Caption::isOpen).map(Caption::itemId).toList();
    }

    private static Flicker flickerOf(List<Caption> captions) {
        return captions.stream().map(Caption::flicker).reduce(Flicker.NONE, Flicker::plus);
    }

    @Override
    public String toString() {
        return "CaptionBoard" + current;
    }

    private interface Change {
        Caption of(Caption caption);
    }
}
