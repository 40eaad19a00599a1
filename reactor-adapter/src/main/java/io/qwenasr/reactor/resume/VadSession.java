package io.qwenasr.reactor.resume;

import static io.qwenasr.reactor.resume.VadUtterance.UNKNOWN;

import io.qwenasr.TranscriptionEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** What one session says of the utterances that it finds. */
final class VadSession implements SessionUtterances {

    private final VadUtterances all;
    private final SessionTimeline timeline;
    private final int number;
    private final Map<String, VadUtterance> items = new RecentItems<>();

    /** What it hears again of utterances that have their result, and has not heard the end of. */
    private final List<VadUtterance> echoes = new ArrayList<>();

    /** Up to where it has told of something. */
    private long reported;

    private boolean handedOver;
    private boolean keepsAll;
    private boolean completed;

    VadSession(VadUtterances all, SessionTimeline timeline, int number) {
        this.all = all;
        this.timeline = timeline;
        this.number = number;
    }

    /** From where it listens. */
    long begin() {
        return timeline.begin();
    }

    /** Up to where it was given audio. */
    long given() {
        return timeline.position();
    }

    /** From where something is said that has no result yet, as far as that is no utterance of the subscriber's. */
    long openFrom() {
        long from = keepsAll && !completed ? reported : Long.MAX_VALUE;
        for (VadUtterance echo : echoes) {
            from = Math.min(from, goesBeyond(echo));
        }
        return from;
    }

    /** From where an echo may have more to say than what it is an echo of. */
    private static long goesBeyond(VadUtterance echo) {
        VadUtterance heard = echo.echoOf;
        return heard == null ? echo.start : Math.max(echo.start, heard.endOrBound());
    }

    @Override
    public boolean isBetween() {
        return echoes.isEmpty()
                && all.inOrder().stream().allMatch(utterance -> utterance.ended || isWholeHere(utterance));
    }

    private boolean isWholeHere(VadUtterance utterance) {
        return utterance.session == this && utterance.whole;
    }

    @Override
    public long handOver(long end, long heardFrom) {
        long to = all.settled();
        boolean whole = true;
        for (VadUtterance utterance : all.inOrder()) {
            whole &= utterance.ended || isWholeHere(utterance);
            if (whole) {
                to = Math.max(to, utterance.end == UNKNOWN ? utterance.start : utterance.end);
            }
        }
        for (VadUtterance echo : echoes) {
            to = Math.min(to, goesBeyond(echo));
        }
        if (Math.min(to, end) < heardFrom) {
            keepsAll = true;
            all.settle();
            return end;
        }
        handedOver = true;
        echoes.clear();
        cutFromFirstOpen();
        all.onEnd(this);
        return Math.min(to, end);
    }

    private void cutFromFirstOpen() {
        boolean whole = true;
        for (VadUtterance utterance : all.inOrder()) {
            whole &= utterance.ended || isWholeHere(utterance);
            if (!whole && !utterance.ended) {
                utterance.cut();
            }
        }
    }

    @Override
    public boolean complete() {
        completed = true;
        all.onEnd(this);
        return isDone();
    }

    @Override
    public boolean isDone() {
        return (!keepsAll || completed)
                && all.inOrder().stream().noneMatch(utterance -> !utterance.ended && utterance.session == this);
    }

    @Override
    public void onEvent(TranscriptionEvent event, Consumer<TranscriptionEvent> to) {
        if (event instanceof TranscriptionEvent.SpeechStarted started) {
            onSpeechStarted(started.itemId(), timeline.start(started.start()), to);
        } else if (event instanceof TranscriptionEvent.SpeechStopped stopped) {
            onSpeechStopped(stopped, to);
        } else if (event instanceof TranscriptionEvent.Committed committed) {
            VadUtterance utterance = find(committed.itemId(), UNKNOWN, to);
            if (isTold(utterance) && !utterance.committed) {
                utterance.committed = true;
                to.accept(new TranscriptionEvent.Committed(utterance.id, previous(committed)));
            }
        } else if (event instanceof TranscriptionEvent.Partial partial) {
            VadUtterance utterance = find(partial.itemId(), UNKNOWN, to);
            if (isTold(utterance) && !utterance.ended) {
                to.accept(new TranscriptionEvent.Partial(
                        utterance.id, partial.text(), partial.stash(), partial.language(), partial.emotion()));
            }
        } else if (event instanceof TranscriptionEvent.Final done) {
            onFinal(done, to);
        } else if (event instanceof TranscriptionEvent.Failed failed) {
            VadUtterance utterance = find(failed.itemId(), UNKNOWN, to);
            echoes.remove(utterance);
            if (isTold(utterance) && !utterance.ended) {
                end(utterance);
                to.accept(new TranscriptionEvent.Failed(utterance.id, failed.error()));
            }
        } else if (!handedOver || event instanceof TranscriptionEvent.AudioDropped) {
            to.accept(event);
        }
    }

    /** Tells whether the subscriber is to hear of it from here. */
    private boolean isTold(VadUtterance utterance) {
        return utterance.session == this && utterance.echoOf == null;
    }

    private void onSpeechStarted(String itemId, long start, Consumer<TranscriptionEvent> to) {
        reported(start);
        stopEarlier(start, to);
        VadUtterance utterance = find(itemId, start, to);
        if (isTold(utterance)) {
            announce(utterance, to);
        }
    }

    private void announce(VadUtterance utterance, Consumer<TranscriptionEvent> to) {
        if (!utterance.announced) {
            utterance.announced = true;
            to.accept(new TranscriptionEvent.SpeechStarted(utterance.id, all.duration(Math.max(0, utterance.start))));
        }
    }

    /** Who begins to speak again has stopped before, also where the service does not say so, or not of what. */
    private void stopEarlier(long start, Consumer<TranscriptionEvent> to) {
        for (VadUtterance utterance : unstopped()) {
            if (utterance.start < start) {
                stop(utterance, utterance.end == UNKNOWN ? start : utterance.end, to);
            }
        }
    }

    private List<VadUtterance> unstopped() {
        List<VadUtterance> unstopped = new ArrayList<>(echoes);
        for (VadUtterance utterance : all.inOrder()) {
            if (utterance.session == this && !utterance.whole) {
                unstopped.add(utterance);
            }
        }
        return unstopped;
    }

    private void onSpeechStopped(TranscriptionEvent.SpeechStopped stopped, Consumer<TranscriptionEvent> to) {
        long end = timeline.end(stopped.end());
        reported(end);
        VadUtterance utterance;
        if (stopped.itemId() != null) {
            utterance = find(stopped.itemId(), UNKNOWN, to);
        } else {
            List<VadUtterance> unstopped = unstopped();
            utterance = unstopped.size() == 1 ? unstopped.get(0) : null;
        }
        if (utterance == null) {
            if (!handedOver) {
                to.accept(new TranscriptionEvent.SpeechStopped(null, all.duration(end)));
            }
            return;
        }
        stop(utterance, end, to);
        if (isTold(utterance) && !utterance.stopped && !utterance.ended) {
            utterance.stopped = true;
            to.accept(new TranscriptionEvent.SpeechStopped(utterance.id, all.duration(end)));
        }
    }

    private void stop(VadUtterance utterance, long end, Consumer<TranscriptionEvent> to) {
        if (utterance.session != this) {
            return;
        }
        utterance.whole = true;
        if (!utterance.ended || utterance.end == UNKNOWN) {
            utterance.end = end;
        }
        if (utterance.echoOf != null) {
            judge(utterance, to);
        }
        all.settle();
    }

    /** Now that its end is known: is it what the subscriber has already? */
    private void judge(VadUtterance echo, Consumer<TranscriptionEvent> to) {
        VadUtterance heard = echo.echoOf;
        if (heard == null || !echoes.remove(echo)) {
            return;
        }
        if (!heard.covers(echo.start, echo.end, all.tolerance())) {
            echo.echoOf = null;
            all.add(echo);
            announce(echo, to);
        } else if (heard.end == UNKNOWN) {
            heard.end = Math.min(heard.bound, echo.end);
        }
    }

    private void onFinal(TranscriptionEvent.Final done, Consumer<TranscriptionEvent> to) {
        Duration start = done.start();
        VadUtterance utterance = find(done.itemId(), start == null ? UNKNOWN : timeline.start(start), to);
        if (done.end() != null && !utterance.ended) {
            long end = timeline.end(done.end());
            reported(end);
            stop(utterance, end, to);
        }
        echoes.remove(utterance);
        if (isTold(utterance) && !utterance.ended) {
            end(utterance);
            to.accept(all.result(utterance, done.transcript(), done.language(), done.emotion()));
        }
    }

    /** Where the service does not say where it ended, it was in what it was given; of some services, that is all. */
    private void end(VadUtterance utterance) {
        utterance.bound = given();
        if (utterance.end == UNKNOWN && utterance.start == UNKNOWN) {
            utterance.end = utterance.bound;
        }
        all.onDelivered(utterance);
    }

    private void reported(long position) {
        reported = Math.max(reported, position);
        all.reported(position);
    }

    /** Returns the utterance that this session calls so. */
    private VadUtterance find(String itemId, long start, Consumer<TranscriptionEvent> to) {
        VadUtterance utterance = items.get(itemId);
        if (utterance == null) {
            utterance = begin(itemId, start, to);
            items.put(itemId, utterance);
        } else if (utterance.start == UNKNOWN) {
            utterance.start = start;
        }
        return utterance;
    }

    private VadUtterance begin(String itemId, long start, Consumer<TranscriptionEvent> to) {
        VadUtterance fresh = new VadUtterance(number == 1 ? itemId : itemId + "@" + number);
        if (handedOver) {
            return fresh;
        }
        VadUtterance again = all.heardAgain(start, this);
        if (start != UNKNOWN) {
            all.passOver(start, again, to);
        }
        VadUtterance utterance = again == null || again.ended ? fresh : again;
        utterance.session = this;
        utterance.whole = false;
        if (start != UNKNOWN) {
            utterance.start = utterance.start == UNKNOWN ? start : Math.min(utterance.start, start);
        }
        if (again == null) {
            all.add(fresh);
        } else if (again.ended) {
            fresh.echoOf = again;
            echoes.add(fresh);
        }
        all.updateOpenFrom();
        return utterance;
    }

    private @Nullable String previous(TranscriptionEvent.Committed committed) {
        String previous = committed.previousItemId();
        if (previous == null) {
            return null;
        }
        VadUtterance known = items.get(previous);
        return known == null ? previous : isKnown(known) ? known.id : null;
    }

    private static boolean isKnown(VadUtterance utterance) {
        return utterance.session != null && utterance.echoOf == null;
    }
}
