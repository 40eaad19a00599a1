package io.qwenasr.reactor.resume;

import io.qwenasr.AudioFormat;
import io.qwenasr.TranscriptionEvent;
import java.util.HashSet;
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

    /** From where the next session listens. */
    private long from;

    private volatile long settled;

    ManualTracker(AudioFormat format, ManualUtterances utterances) {
        this.format = format;
        this.utterances = utterances;
    }

    @Override
    public SessionUtterances begin(SessionTimeline timeline, int session) {
        return new Session(session, from);
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

    @Override
    public boolean isSilentBefore(long position) {
        return false;
    }

    @Override
    public List<TranscriptionEvent> leftOver() {
        return List.of();
    }

    private void end(ManualUtterance utterance) {
        utterance.done();
        committed.remove(utterance);
        settled = Math.max(settled, utterances.settled(settled));
    }

    private TranscriptionEvent.Final result(
            ManualUtterance utterance, String transcript, @Nullable String language, @Nullable String emotion) {
        return new TranscriptionEvent.Final(
                id(utterance),
                transcript,
                language,
                emotion,
                format.durationOf(utterance.start()),
                utterance.isCommitted() ? format.durationOf(utterance.end()) : null);
    }

    private static String id(ManualUtterance utterance) {
        String id = utterance.id();
        return id == null ? "" : id;
    }

    private final class Session implements SessionUtterances {

        private final int number;
        private final long from;
        private long to = Long.MAX_VALUE;
        private final Map<String, ManualUtterance> items = new RecentItems<>();

        Session(int number, long from) {
            this.number = number;
            this.from = from;
        }

        /** Not known from its events, but from the commits. */
        @Override
        public boolean isBetween() {
            return true;
        }

        @Override
        public long handOver(long end) {
            to = end;
            ManualTracker.this.from = end;
            return end;
        }

        /** The service has nothing to say of a commit that it refused. */
        @Override
        public boolean complete() {
            utterances.open().stream()
                    .filter(utterance -> isHere(utterance) && utterance.isCommitted() && utterance.id() == null)
                    .forEach(ManualTracker.this::end);
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
                ManualUtterance utterance = find(done.itemId());
                if (utterance != null) {
                    end(utterance);
                    out.accept(result(utterance, done.transcript(), done.language(), done.emotion()));
                }
            } else if (event instanceof TranscriptionEvent.Failed failed) {
                ManualUtterance utterance = find(failed.itemId());
                if (utterance != null) {
                    end(utterance);
                    out.accept(new TranscriptionEvent.Failed(id(utterance), failed.error()));
                }
            } else if (to == Long.MAX_VALUE || event instanceof TranscriptionEvent.AudioDropped) {
                out.accept(event);
            }
        }

        /** Returns the utterance that an item is: the first here that no other item is. Null for one beyond. */
        private @Nullable ManualUtterance find(String itemId) {
            ManualUtterance found = items.get(itemId);
            if (found == null) {
                found = utterances.open().stream()
                        .filter(utterance -> isHere(utterance) && !items.containsValue(utterance))
                        .findFirst()
                        .orElseGet(() -> new ManualUtterance(to == Long.MAX_VALUE ? settled : to));
                if (found.id() == null) {
                    found.announcedAs(number == 1 ? itemId : itemId + "@" + number);
                }
                items.put(itemId, found);
            }
            return found.start() < to ? found : null;
        }

        private @Nullable String previous(TranscriptionEvent.Committed done) {
            String previous = done.previousItemId();
            ManualUtterance known = previous == null ? null : items.get(previous);
            return known == null ? previous : id(known);
        }
    }
}
