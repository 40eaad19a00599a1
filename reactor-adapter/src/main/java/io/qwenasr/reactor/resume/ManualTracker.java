package io.qwenasr.reactor.resume;

import io.qwenasr.AudioFormat;
import io.qwenasr.TranscriptionEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Utterances that the caller ends: the items of a session are those it was sent that have no result, in their order. */
final class ManualTracker implements UtteranceTracker {

    private final AudioFormat format;
    private final ManualUtterances utterances;

    /** Those that the subscriber was told the commit of. */
    private final Set<ManualUtterance> committed = new HashSet<>();

    /** The ends of those that the subscriber knows, and that sessions came to their end without. */
    private final List<TranscriptionEvent> leftOver = new ArrayList<>();

    /** From where the next session listens. */
    private long from;

    private volatile long settled;

    ManualTracker(AudioFormat format, ManualUtterances utterances) {
        this.format = format;
        this.utterances = utterances;
    }

    @Override
    public SessionUtterances begin(SessionTimeline timeline, int session) {
        return new Session(timeline, session, from);
    }

    @Override
    public void onLost(long kept, Consumer<TranscriptionEvent> to) {
        for (ManualUtterance utterance : utterances.open()) {
            if (utterance.end() <= kept) {
                end(utterance);
                if (utterance.id() != null) {
                    to.accept(LostAudio.failed(id(utterance)));
                }
            }
        }
        from = settled;
    }

    @Override
    public long settled() {
        return settled;
    }

    /** What the caller has not ended yet may be meant to be said. */
    @Override
    public long openFrom() {
        return settled;
    }

    @Override
    public long reported() {
        return settled;
    }

    @Override
    public List<TranscriptionEvent> leftOver() {
        return List.copyOf(leftOver);
    }

    private void end(ManualUtterance utterance) {
        utterance.done();
        committed.remove(utterance);
        settled = Math.max(settled, utterances.settled(settled));
    }

    /** @param start before that of the utterance where it begins with the audio of one that was refused */
    private TranscriptionEvent.Final result(
            ManualUtterance utterance,
            long start,
            String transcript,
            @Nullable String language,
            @Nullable String emotion) {
        return new TranscriptionEvent.Final(
                id(utterance),
                transcript,
                language,
                emotion,
                format.durationOf(start),
                utterance.isCommitted() ? format.durationOf(utterance.end()) : null);
    }

    private static String id(ManualUtterance utterance) {
        String id = utterance.id();
        return id == null ? "" : id;
    }

    private final class Session implements SessionUtterances {

        private final SessionTimeline timeline;
        private final int number;
        private final long from;
        private long to = Long.MAX_VALUE;
        private final Map<String, ManualUtterance> items = new RecentItems<>();

        /** Those whose commit the service refused here: their audio is the begin of the next. */
        private final Set<ManualUtterance> refused = new LinkedHashSet<>();

        Session(SessionTimeline timeline, int number, long from) {
            this.timeline = timeline;
            this.number = number;
            this.from = from;
        }

        /** Not known from its events, but from the commits. */
        @Override
        public boolean isBetween() {
            return true;
        }

        @Override
        public long handOver(long end, long heardFrom) {
            to = end;
            ManualTracker.this.from = end;
            return end;
        }

        /** The service has nothing to say of commits that it did not acknowledge here: their audio is too short. */
        @Override
        public boolean complete() {
            for (ManualUtterance utterance : utterances.open()) {
                if (isHere(utterance) && utterance.isCommitted() && !items.containsValue(utterance)) {
                    end(utterance);
                    if (utterance.id() != null) {
                        leftOver.add(result(utterance, utterance.start(), "", null, null));
                    }
                }
            }
            return isDone();
        }

        @Override
        public boolean isDone() {
            return utterances.open().stream().noneMatch(this::isHere);
        }

        private boolean isHere(ManualUtterance utterance) {
            return utterance.end() > from && utterance.start() < to;
        }

        @Override
        public void onEvent(TranscriptionEvent event, Consumer<TranscriptionEvent> out) {
            if (event instanceof TranscriptionEvent.Committed done) {
                ManualUtterance utterance = find(done.itemId());
                if (utterance != null && committed.add(utterance)) {
                    out.accept(new TranscriptionEvent.Committed(id(utterance), previous(done)));
                }
            } else if (event instanceof TranscriptionEvent.Partial partial) {
                ManualUtterance utterance = find(partial.itemId());
                if (utterance != null) {
                    out.accept(new TranscriptionEvent.Partial(
                            id(utterance), partial.text(), partial.stash(), partial.language(), partial.emotion()));
                }
            } else if (event instanceof TranscriptionEvent.Final done) {
                onFinal(done, out);
            } else if (event instanceof TranscriptionEvent.Failed failed) {
                ManualUtterance utterance = find(failed.itemId());
                if (utterance != null) {
                    endWithRefused(utterance, out);
                    out.accept(new TranscriptionEvent.Failed(id(utterance), failed.error()));
                }
            } else if (event instanceof TranscriptionEvent.ErrorReported reported) {
                onErrorReported(reported, out);
            } else if (to == Long.MAX_VALUE || event instanceof TranscriptionEvent.AudioDropped) {
                if (event instanceof TranscriptionEvent.Cleared) {
                    endRefused(Long.MAX_VALUE, out);
                }
                out.accept(event);
            }
        }

        private void onFinal(TranscriptionEvent.Final done, Consumer<TranscriptionEvent> out) {
            Duration start = done.start();
            Duration end = done.end();
            if (start != null && end != null) {
                place(done.itemId(), timeline.start(start), timeline.end(end));
            }
            ManualUtterance utterance = find(done.itemId());
            if (utterance != null) {
                long from = endWithRefused(utterance, out);
                out.accept(result(utterance, from, done.transcript(), done.language(), done.emotion()));
            }
        }

        /** The commit that an item answers is that at its end; it was taken for another if there was one in between. */
        private void place(String itemId, long start, long end) {
            ManualUtterance taken = items.get(itemId);
            ManualUtterance meant = null;
            for (ManualUtterance utterance : utterances.open()) {
                if (isHere(utterance) && utterance.isCommitted() && utterance.isWithin(start, end)) {
                    meant = utterance;
                }
            }
            if (meant == null || meant == taken || items.containsValue(meant)) {
                return;
            }
            if (taken != null && taken.id() != null && meant.id() == null) {
                meant.announcedAs(taken.id());
                taken.announcedAs(null);
            }
            for (ManualUtterance utterance : utterances.open()) {
                if (isHere(utterance) && utterance != meant && utterance.isWithin(start, end)) {
                    refused.add(utterance);
                }
            }
            announce(meant, itemId);
            items.put(itemId, meant);
        }

        private void onErrorReported(TranscriptionEvent.ErrorReported reported, Consumer<TranscriptionEvent> out) {
            Duration start = reported.start();
            Duration end = reported.end();
            if (start == null || end == null) {
                if (to == Long.MAX_VALUE) {
                    out.accept(reported);
                }
                return;
            }
            long refusedFrom = timeline.start(start);
            long refusedTo = timeline.end(end);
            utterances.open().stream()
                    .filter(utterance -> isHere(utterance) && utterance.isWithin(refusedFrom, refusedTo))
                    .forEach(refused::add);
            out.accept(new TranscriptionEvent.ErrorReported(
                    reported.error(), format.durationOf(refusedFrom), format.durationOf(refusedTo)));
        }

        /** Ends one, and those before it whose audio was its begin; returns where that begins. */
        private long endWithRefused(ManualUtterance utterance, Consumer<TranscriptionEvent> out) {
            long start = Math.min(utterance.start(), endRefused(utterance.start(), out));
            end(utterance);
            return start;
        }

        private long endRefused(long before, Consumer<TranscriptionEvent> out) {
            long start = before;
            for (ManualUtterance utterance : List.copyOf(refused)) {
                if (utterance.start() < before) {
                    refused.remove(utterance);
                    start = Math.min(start, utterance.start());
                    if (utterance.id() != null) {
                        out.accept(result(utterance, utterance.start(), "", null, null));
                    }
                    end(utterance);
                }
            }
            return start;
        }

        /** Returns the utterance that an item is: the first here that no other item is. Null for one beyond. */
        private @Nullable ManualUtterance find(String itemId) {
            ManualUtterance found = items.get(itemId);
            if (found == null) {
                found = utterances.open().stream()
                        .filter(utterance ->
                                isHere(utterance) && !refused.contains(utterance) && !items.containsValue(utterance))
                        .findFirst()
                        .orElseGet(() -> new ManualUtterance(to == Long.MAX_VALUE ? settled : to));
                announce(found, itemId);
                items.put(itemId, found);
            }
            return found.start() < to ? found : null;
        }

        private void announce(ManualUtterance utterance, String itemId) {
            if (utterance.id() == null) {
                utterance.announcedAs(number == 1 ? itemId : itemId + "@" + number);
            }
        }

        private @Nullable String previous(TranscriptionEvent.Committed done) {
            String previous = done.previousItemId();
            ManualUtterance known = previous == null ? null : items.get(previous);
            return known == null ? previous : id(known);
        }
    }
}
