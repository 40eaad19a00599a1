package io.qwenasr.reactor.observation;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.TranscriptionEvent;
import java.time.Duration;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** The latencies of one session. Audio and events may come on two threads. */
final class LatencyTracker {

    /** Far more utterances than are open at once, in case a service never ends some. */
    private static final int MOST_OPEN = 1_024;

    private static final long UNKNOWN = Long.MIN_VALUE;

    private static final class Open {
        private @Nullable Duration start;
        private @Nullable Duration end;
        private long firstPartial = UNKNOWN;
    }

    private final AudioFormat format;
    private final Scheduler clock;
    private final HandoverTimes times = new HandoverTimes();
    private final Map<String, Open> open = new LinkedHashMap<>();
    private long bytes;
    private Duration gaps = Duration.ZERO;

    LatencyTracker(AudioFormat format, Scheduler clock) {
        this.format = format;
        this.clock = clock;
    }

    synchronized void heard(AudioSignal signal) {
        if (signal instanceof AudioSignal.Chunk chunk) {
            bytes += chunk.audio().remaining();
        } else if (signal instanceof AudioSignal.Gap gap) {
            gaps = gaps.plus(gap.length());
        } else {
            return;
        }
        if (format.encoding() == AudioFormat.Encoding.PCM) {
            times.add(format.durationOf(bytes).plus(gaps).toNanos(), now());
        }
    }

    /** Returns how much audio there was. */
    synchronized Duration heard() {
        return format.durationOf(bytes);
    }

    /** Returns the latencies that an event makes known: those of a final. */
    synchronized @Nullable UtteranceLatency told(TranscriptionEvent event) {
        if (event instanceof TranscriptionEvent.Partial partial) {
            Open item = open(partial.itemId());
            if (item.firstPartial == UNKNOWN
                    && !(partial.text().isEmpty() && partial.stash().isEmpty())) {
                item.firstPartial = now();
            }
        } else if (event instanceof TranscriptionEvent.SpeechStarted started) {
            open(started.itemId()).start = started.start();
        } else if (event instanceof TranscriptionEvent.SpeechStopped stopped) {
            if (stopped.itemId() != null) {
                open(stopped.itemId()).end = stopped.end();
            }
        } else if (event instanceof TranscriptionEvent.Failed failed) {
            open.remove(failed.itemId());
        } else if (event instanceof TranscriptionEvent.Final done) {
            return end(done);
        }
        return null;
    }

    private Open open(String itemId) {
        Open item = open.get(itemId);
        if (item == null) {
            if (open.size() == MOST_OPEN) {
                Iterator<Open> oldest = open.values().iterator();
                oldest.next();
                oldest.remove();
            }
            item = new Open();
            open.put(itemId, item);
        }
        return item;
    }

    private UtteranceLatency end(TranscriptionEvent.Final done) {
        Open item = open.remove(done.itemId());
        if (item == null) {
            item = new Open();
        }
        Duration start = done.start() == null ? item.start : done.start();
        Duration end = done.end() == null ? item.end : done.end();
        Duration partial = start == null || item.firstPartial == UNKNOWN
                ? null
                : between(times.ofStart(nanos(start)), item.firstPartial);
        Duration last = end == null ? null : between(times.ofEnd(nanos(end)), now());
        return partial == null && last == null ? UtteranceLatency.UNKNOWN : new UtteranceLatency(partial, last);
    }

    private static @Nullable Duration between(long from, long to) {
        return from == UNKNOWN ? null : Duration.ofNanos(Math.max(0, to - from));
    }

    /** A service may name any position, also one that no long of nanoseconds can hold. */
    private static long nanos(Duration position) {
        return position.toSeconds() < Integer.MAX_VALUE ? position.toNanos() : Long.MAX_VALUE;
    }

    private long now() {
        return clock.now(TimeUnit.NANOSECONDS);
    }
}
