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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * All captions as of one event: a pure function of the events so far. Immutable.
 *
 * <p>A caption is {@linkplain #current() current} from its announcement or its first partial on. It is
 * {@linkplain #settled() settled}, once and for good, when it and all those announced before it have ended; so
 * settled captions come in the order of speech, although utterances may overlap and end in another order.
 *
 * <ul>
 *   <li><b>The wait is bounded</b>, for a result may never come: when 16 utterances behind an open caption have ended, or
 *       one of them ended 30 s of audio ago, as far as events tell, the open caption is taken away and those are
 *       settled. If it ends after all, it is settled then, out of order; the last 64 are remembered for that.
 *   <li><b>Partials</b> replace the text of their item; see {@link Caption} for what counts as confirmed. Those that
 *       come after the end of their item are left out, and so is a second end; the last 4,096 settled items are
 *       remembered for that.
 *   <li><b>{@link Failed}</b> keeps the text that was shown; whether to show it is up to the viewer.
 *   <li><b>{@link AudioDropped}</b> takes its place among the captions.
 *   <li><b>{@link Reconnected}</b>: what is open is transcribed again from its start. What was shown stays until the new
 *       partials are as long, or the item ends, so that no word disappears or comes twice.
 *   <li><b>{@link SessionReady}</b>, of a session after the first one: if the next event of an item is of one that is open,
 *       and does not announce it again, this session goes on with what is open, as after a rollover, and the same holds
 *       as for {@code Reconnected}. If it is of any other item, this session knows nothing of those before, as after a
 *       {@code retry}: captions that are open will not end any more and are taken away, those that have ended are settled,
 *       and ids may come again. Until then captions stay as they are.
 *   <li>More than 1,024 captions at once break the contract of events; the oldest one is taken away then.
 * </ul>
 *
 * @since 0.1.0
 */
public final class CaptionBoard {

    private static final int MAX_CURRENT = 1_024;
    private static final CaptionBoard EMPTY = new CaptionBoard(List.of(), List.of(), BoardMemory.NONE);

    private final List<Caption> current;
    private final List<Caption> settled;
    private final BoardMemory memory;

    private CaptionBoard(List<Caption> current, List<Caption> settled, BoardMemory memory) {
        this.current = List.copyOf(current);
        this.settled = List.copyOf(settled);
        this.memory = memory;
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
     * @return each with an outcome, in the order of speech, unless one was waited for too long; mostly none
     */
    public List<Caption> settled() {
        return settled;
    }

    /**
     * Measures how restless all captions have been so far.
     *
     * @return of those settled and those that may still be; those taken away without an end do not count
     */
    public Flicker flicker() {
        return memory.flicker().plus(Flicker.of(current)).plus(Flicker.of(memory.overdue()));
    }

    /**
     * Takes in the next event.
     *
     * @param event what happened
     * @return the board after it; this one if nothing has changed
     */
    public CaptionBoard accept(TranscriptionEvent event) {
        Objects.requireNonNull(event, "event");
        if (event instanceof SessionReady) {
            return onSession();
        } else if (event instanceof Reconnected) {
            return memory.carried().isEmpty() && openIds().equals(memory.repeated())
                    ? unsettled()
                    : new CaptionBoard(current, List.of(), memory.repeating(openIds()));
        }
        String item = itemOf(event);
        if (item == null || memory.carried().isEmpty()) {
            return take(event);
        }
        if (memory.carried().contains(item) && !isAnnouncedAgain(event)) {
            return new CaptionBoard(current, List.of(), memory.goingOn()).take(event);
        }
        List<Caption> ended = ended();
        CaptionBoard next = new CaptionBoard(List.of(), List.of(), memory.anew(ended)).take(event);
        return new CaptionBoard(
                next.current,
                Stream.concat(ended.stream(), next.settled.stream()).toList(),
                next.memory);
    }

    /**
     * Takes in that there will be no more events.
     *
     * @return a board without current captions: those that have ended are settled, those still open are taken away
     */
    public CaptionBoard end() {
        List<Caption> ended = ended();
        return new CaptionBoard(
                List.of(), ended, memory.repeating(List.of()).settling(ended).withOverdue(List.of()));
    }

    private CaptionBoard onSession() {
        List<String> open = openIds();
        List<String> unfinished = new ArrayList<>(open);
        memory.overdue().forEach(caption -> unfinished.add(caption.itemId()));
        if (unfinished.isEmpty()) {
            return memory.past().isEmpty()
                    ? unsettled()
                    : new CaptionBoard(List.of(), List.of(), memory.anew(List.of()));
        }
        return new CaptionBoard(current, List.of(), memory.carrying(open, unfinished));
    }

    private boolean isAnnouncedAgain(TranscriptionEvent event) {
        return event instanceof SpeechStarted started
                && Stream.concat(current.stream(), memory.overdue().stream())
                        .anyMatch(caption -> caption.itemId().equals(started.itemId()) && caption.start() != null);
    }

    private static @Nullable String itemOf(TranscriptionEvent event) {
        if (event instanceof SpeechStarted started) {
            return started.itemId();
        } else if (event instanceof SpeechStopped stopped) {
            return stopped.itemId();
        } else if (event instanceof Committed committed) {
            return committed.itemId();
        } else if (event instanceof Partial partial) {
            return partial.itemId();
        } else if (event instanceof Final done) {
            return done.itemId();
        }
        return event instanceof Failed failed ? failed.itemId() : null;
    }

    private CaptionBoard take(TranscriptionEvent event) {
        if (event instanceof SpeechStarted started) {
            return withItem(started.itemId(), started.start(), caption -> caption.startingAt(started.start()));
        } else if (event instanceof SpeechStopped stopped && stopped.itemId() != null) {
            return withItem(stopped.itemId(), stopped.end(), caption -> caption.endingAt(stopped.end()));
        } else if (event instanceof Committed committed) {
            return withItem(committed.itemId(), null, caption -> caption);
        } else if (event instanceof Partial partial) {
            return onPartial(partial);
        } else if (event instanceof Final done) {
            return withItem(done.itemId(), done.end(), caption -> caption.ending(done));
        } else if (event instanceof Failed failed) {
            return withItem(failed.itemId(), null, caption -> caption.failing(failed));
        } else if (event instanceof AudioDropped dropped) {
            return withItem(Caption.lost(dropped).itemId(), dropped.end(), caption -> Caption.lost(dropped));
        }
        return unsettled();
    }

    private CaptionBoard onPartial(Partial partial) {
        String item = partial.itemId();
        int at = indexOf(item, current);
        if (at < 0 || !current.get(at).isOpen() || !memory.repeated().contains(item)) {
            return withItem(item, null, caption -> caption.reading(partial));
        }
        if (partial.preview().length() < current.get(at).text().length()) {
            return unsettled();
        }
        List<String> others = new ArrayList<>(memory.repeated());
        others.remove(item);
        List<Caption> captions = new ArrayList<>(current);
        captions.set(at, current.get(at).reading(partial));
        return next(captions, memory.repeating(others));
    }

    /** Changes a caption that is open; one that is not known yet is announced by it. */
    private CaptionBoard withItem(String item, @Nullable Duration position, UnaryOperator<Caption> change) {
        int at = indexOf(item, current);
        int overdue = indexOf(item, memory.overdue());
        if (overdue >= 0) {
            return withOverdue(overdue, change);
        }
        if (at < 0 ? memory.past().contains(item) : !current.get(at).isOpen()) {
            return unsettled();
        }
        List<Caption> captions = new ArrayList<>(current);
        if (at < 0) {
            captions.add(change.apply(Caption.announced(item)));
        } else {
            Caption changed = change.apply(current.get(at));
            if (changed.equals(current.get(at))) {
                return unsettled();
            }
            captions.set(at, changed);
        }
        if (captions.size() > MAX_CURRENT) {
            captions.remove(0);
        }
        return next(captions, position == null ? memory : memory.hearing(position));
    }

    /** What was waited for too long is not shown any more, but settled if it ends. */
    private CaptionBoard withOverdue(int at, UnaryOperator<Caption> change) {
        Caption changed = change.apply(memory.overdue().get(at));
        if (changed.isOpen()) {
            return unsettled();
        }
        List<Caption> overdue = new ArrayList<>(memory.overdue());
        overdue.remove(at);
        return new CaptionBoard(
                current, List.of(changed), memory.settling(List.of(changed)).withOverdue(overdue));
    }

    private CaptionBoard next(List<Caption> captions, BoardMemory before) {
        Waiting waiting = new Waiting(captions, before.heard());
        BoardMemory after = before.settling(waiting.settled());
        if (!waiting.overdue().isEmpty()) {
            after = after.withOverdue(Stream.concat(after.overdue().stream(), waiting.overdue().stream())
                    .toList());
        }
        return new CaptionBoard(waiting.current(), waiting.settled(), after);
    }

    private CaptionBoard unsettled() {
        return settled.isEmpty() ? this : new CaptionBoard(current, List.of(), memory);
    }

    private static int indexOf(String itemId, List<Caption> captions) {
        for (int i = 0; i < captions.size(); i++) {
            if (captions.get(i).itemId().equals(itemId)) {
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

    @Override
    public String toString() {
        return "CaptionBoard" + current;
    }
}
