package io.qwenasr.reactor.resume;

import io.qwenasr.AudioFormat;
import io.qwenasr.TranscriptionEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Utterances that the server finds.
 *
 * <p>An utterance that a failure cut, or the end of a session, has no result; the next session finds it again, near the
 * place where it was. One that had its result is found again, too, if an earlier one had not; that is dropped.
 */
final class VadTracker implements UtteranceTracker {

    /** Two sessions need not agree on the begin of an utterance to the sample: the audio before it differs. */
    private static final Duration TOLERANCE = Duration.ofMillis(500);

    private static final long UNKNOWN = -1;

    /** An utterance as the subscriber knows it. */
    private static final class Utterance {
        private final String id;
        private long start = UNKNOWN;
        private long end = UNKNOWN;
        private boolean announced;
        private boolean stopped;
        private boolean committed;
        private boolean ended;

        /** The session that is to bring its result; null while that is for whichever finds it again. */
        private @Nullable Session session;

        /** That session has heard its end. */
        private boolean whole;

        private Utterance(String id) {
            this.id = id;
        }

        private boolean isCut() {
            return !ended && session == null;
        }
    }

    private final AudioFormat format;
    private final long tolerance;

    /** Those without a result, and those with one behind them, as they were announced. */
    private final List<Utterance> order = new ArrayList<>();

    private volatile long settled;
    private volatile long openFrom = Long.MAX_VALUE;

    VadTracker(AudioFormat format) {
        this.format = format;
        this.tolerance = format.bytesIn(TOLERANCE);
    }

    @Override
    public SessionUtterances begin(SessionTimeline timeline, int session) {
        return new Session(timeline, session);
    }

    @Override
    public void onLost(long kept, Consumer<TranscriptionEvent> to) {
        for (Utterance utterance : order) {
            if (!utterance.ended) {
                utterance.session = null;
                if (utterance.end != UNKNOWN && utterance.end <= kept) {
                    utterance.ended = true;
                    to.accept(LostAudio.failed(utterance.id));
                }
            }
        }
        settle();
    }

    @Override
    public long settled() {
        return settled;
    }

    @Override
    public boolean isSilentBefore(long position) {
        return openFrom >= position;
    }

    @Override
    public List<TranscriptionEvent> leftOver() {
        List<TranscriptionEvent> left = new ArrayList<>();
        for (Utterance utterance : order) {
            if (utterance.isCut()) {
                left.add(result(utterance, "", null, null));
            }
        }
        return left;
    }

    /** All before the end of the latest utterance such that it and all before it have their result. */
    private void settle() {
        long to = settled;
        while (!order.isEmpty() && order.get(0).ended) {
            to = Math.max(to, order.remove(0).end);
        }
        settled = to;
        updateOpenFrom();
    }

    private void updateOpenFrom() {
        long from = Long.MAX_VALUE;
        for (Utterance utterance : order) {
            if (!utterance.ended) {
                from = Math.min(from, Math.max(0, utterance.start));
            }
        }
        openFrom = from;
    }

    private TranscriptionEvent.Final result(
            Utterance utterance, String transcript, @Nullable String language, @Nullable String emotion) {
        return new TranscriptionEvent.Final(
                utterance.id,
                transcript,
                language,
                emotion,
                durationOrNull(utterance.start),
                durationOrNull(utterance.end));
    }

    private Duration duration(long position) {
        return format.durationOf(position);
    }

    private @Nullable Duration durationOrNull(long position) {
        return position == UNKNOWN ? null : duration(position);
    }

    private final class Session implements SessionUtterances {

        private final SessionTimeline timeline;
        private final int number;
        private final Map<String, Utterance> items = new RecentItems<>();
        private boolean handedOver;

        Session(SessionTimeline timeline, int number) {
            this.timeline = timeline;
            this.number = number;
        }

        @Override
        public boolean isBetween() {
            return order.stream().allMatch(utterance -> utterance.ended || isWholeHere(utterance));
        }

        private boolean isWholeHere(Utterance utterance) {
            return utterance.session == this && utterance.whole;
        }

        @Override
        public long handOver(long end) {
            handedOver = true;
            long to = settled;
            boolean whole = true;
            for (Utterance utterance : order) {
                whole &= utterance.ended || isWholeHere(utterance);
                if (whole) {
                    to = Math.max(to, utterance.end);
                } else if (!utterance.ended) {
                    utterance.session = null;
                }
            }
            return Math.min(to, end);
        }

        @Override
        public boolean complete() {
            return isDone();
        }

        @Override
        public boolean isDone() {
            return order.stream().noneMatch(utterance -> !utterance.ended && utterance.session == this);
        }

        @Override
        public void onEvent(TranscriptionEvent event, Consumer<TranscriptionEvent> to) {
            if (event instanceof TranscriptionEvent.SpeechStarted started) {
                Utterance utterance = find(started.itemId(), timeline.start(started.start()), to);
                if (utterance != null && !utterance.announced) {
                    utterance.announced = true;
                    to.accept(
                            new TranscriptionEvent.SpeechStarted(utterance.id, duration(Math.max(0, utterance.start))));
                }
            } else if (event instanceof TranscriptionEvent.SpeechStopped stopped) {
                onSpeechStopped(stopped, to);
            } else if (event instanceof TranscriptionEvent.Committed committed) {
                Utterance utterance = find(committed.itemId(), UNKNOWN, to);
                if (utterance != null && !utterance.committed) {
                    utterance.committed = true;
                    to.accept(new TranscriptionEvent.Committed(utterance.id, previous(committed)));
                }
            } else if (event instanceof TranscriptionEvent.Partial partial) {
                Utterance utterance = find(partial.itemId(), UNKNOWN, to);
                if (utterance != null && !utterance.ended) {
                    to.accept(new TranscriptionEvent.Partial(
                            utterance.id, partial.text(), partial.stash(), partial.language(), partial.emotion()));
                }
            } else if (event instanceof TranscriptionEvent.Final done) {
                onFinal(done, to);
            } else if (event instanceof TranscriptionEvent.Failed failed) {
                Utterance utterance = find(failed.itemId(), UNKNOWN, to);
                if (utterance != null && !utterance.ended) {
                    end(utterance, new TranscriptionEvent.Failed(utterance.id, failed.error()), to);
                }
            } else if (!handedOver || event instanceof TranscriptionEvent.AudioDropped) {
                to.accept(event);
            }
        }

        private void onSpeechStopped(TranscriptionEvent.SpeechStopped stopped, Consumer<TranscriptionEvent> to) {
            Duration end = duration(timeline.end(stopped.end()));
            if (stopped.itemId() == null) {
                if (!handedOver) {
                    to.accept(new TranscriptionEvent.SpeechStopped(null, end));
                }
                return;
            }
            Utterance utterance = find(stopped.itemId(), UNKNOWN, to);
            if (utterance != null) {
                utterance.whole = true;
                utterance.end = timeline.end(stopped.end());
                if (!utterance.stopped) {
                    utterance.stopped = true;
                    to.accept(new TranscriptionEvent.SpeechStopped(utterance.id, end));
                }
            }
        }

        private void onFinal(TranscriptionEvent.Final done, Consumer<TranscriptionEvent> to) {
            Duration start = done.start();
            Duration end = done.end();
            Utterance utterance = find(done.itemId(), start == null ? UNKNOWN : timeline.start(start), to);
            if (utterance != null && !utterance.ended) {
                if (end != null) {
                    utterance.end = timeline.end(end);
                }
                end(utterance, result(utterance, done.transcript(), done.language(), done.emotion()), to);
            }
        }

        private void end(Utterance utterance, TranscriptionEvent result, Consumer<TranscriptionEvent> to) {
            utterance.ended = true;
            settle();
            to.accept(result);
        }

        /** Returns the utterance that this session calls so; null if the subscriber is not to hear of it from here. */
        private @Nullable Utterance find(String itemId, long start, Consumer<TranscriptionEvent> to) {
            Utterance utterance = items.get(itemId);
            if (utterance == null) {
                utterance = begin(itemId, start, to);
                items.put(itemId, utterance);
            } else if (utterance.start == UNKNOWN) {
                utterance.start = start;
            }
            return utterance.session == this ? utterance : null;
        }

        private Utterance begin(String itemId, long start, Consumer<TranscriptionEvent> to) {
            if (handedOver || hadResult(start)) {
                return new Utterance("");
            }
            Utterance utterance = again(start, to);
            if (utterance == null) {
                utterance = new Utterance(number == 1 ? itemId : itemId + "@" + number);
                order.add(utterance);
            }
            utterance.session = this;
            utterance.whole = false;
            if (start != UNKNOWN) {
                utterance.start = utterance.start == UNKNOWN ? start : Math.min(utterance.start, start);
            }
            updateOpenFrom();
            return utterance;
        }

        private boolean hadResult(long start) {
            return start != UNKNOWN
                    && order.stream()
                            .anyMatch(utterance -> utterance.ended
                                    && utterance.start != UNKNOWN
                                    && utterance.end != UNKNOWN
                                    && utterance.session != this
                                    && start >= utterance.start - tolerance
                                    && start < utterance.end);
        }

        /** Returns the first that was cut and may be heard from there; those before it were not heard again. */
        private @Nullable Utterance again(long start, Consumer<TranscriptionEvent> to) {
            for (Utterance utterance : order) {
                if (!utterance.isCut()) {
                    continue;
                }
                if (start == UNKNOWN || utterance.end == UNKNOWN || start <= utterance.end + tolerance) {
                    return utterance;
                }
                utterance.ended = true;
                to.accept(result(utterance, "", null, null));
            }
            return null;
        }

        private @Nullable String previous(TranscriptionEvent.Committed committed) {
            String previous = committed.previousItemId();
            if (previous == null) {
                return null;
            }
            Utterance known = items.get(previous);
            return known == null ? previous : known.id.isEmpty() ? null : known.id;
        }
    }
}
