package io.qwenasr.samples.cli.report;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioLedger;
import io.qwenasr.AudioSignal;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Committed;
import io.qwenasr.TranscriptionEvent.ErrorReported;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import io.qwenasr.TranscriptionEvent.Summary;
import io.qwenasr.reactor.observation.TimedEvent;
import io.qwenasr.samples.cli.report.SessionStory.End;
import io.qwenasr.samples.cli.report.SessionStory.Reconnect;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What is noted of a session while it runs: from its audio and events alone.
 *
 * <p>May be used by several threads. Of the audio only {@link Peaks} are kept; of the transcript at most
 * {@link #MAX_UTTERANCES} utterances, the latest, with their partials.
 */
final class SessionNotes {

    static final int MAX_UTTERANCES = 10_000;

    private static final int MAX_INCIDENTS = 1_000;

    private final String name;
    private final Map<String, String> facts;
    private final Function<Throwable, String> words;
    private final LongSupplier nanoTime;
    private final Map<String, UtteranceNotes> utterances = new LinkedHashMap<>();
    private final List<Reconnect> reconnects = new ArrayList<>();
    private final List<String> errors = new ArrayList<>();
    private final List<AudioDropped> dropped = new ArrayList<>();
    private final boolean pcm;
    private final Peaks peaks;
    private End end = End.NOT_STARTED;
    private @Nullable String failure;
    private @Nullable Instant began;
    private long opened;
    private long closed;
    private long leftOut;
    private int sessions;
    private @Nullable String model;
    private @Nullable AudioLedger ledger;

    SessionNotes(
            String name,
            Map<String, String> facts,
            AudioFormat format,
            Function<Throwable, String> words,
            LongSupplier nanoTime) {
        this.name = name;
        this.facts = new LinkedHashMap<>(facts);
        this.words = words;
        this.nanoTime = nanoTime;
        this.pcm = format.encoding() == AudioFormat.Encoding.PCM;
        this.peaks = new Peaks(pcm ? format : AudioFormat.PCM_16K);
    }

    synchronized void opens(Instant now) {
        began = now;
        opened = nanoTime.getAsLong();
        end = End.RUNNING;
    }

    synchronized void hears(AudioSignal signal) {
        if (signal instanceof AudioSignal.Gap gap) {
            peaks.skip(gap.length());
        } else if (signal instanceof AudioSignal.Chunk chunk && pcm) {
            peaks.add(chunk.audio());
        }
    }

    synchronized void reads(TimedEvent timed) {
        TranscriptionEvent event = timed.event();
        Duration now = Duration.ofNanos(nanoTime.getAsLong() - opened);
        if (event instanceof SessionReady ready) {
            sessions++;
            model = ready.model();
        } else if (event instanceof Reconnected again) {
            sessions++;
            add(
                    reconnects,
                    new Reconnect(
                            peaks.length(),
                            now,
                            again.replayed(),
                            again.lost(),
                            again.attempt(),
                            words.apply(again.cause())));
        } else if (event instanceof SpeechStarted started) {
            utterance(started.itemId()).starts(started.start());
        } else if (event instanceof SpeechStopped stopped && stopped.itemId() != null) {
            utterance(stopped.itemId()).stops(stopped.end());
        } else if (event instanceof Committed committed) {
            utterance(committed.itemId());
        } else if (event instanceof Partial partial) {
            utterance(partial.itemId()).reads(partial, now, peaks.length());
        } else if (event instanceof Final done) {
            utterance(done.itemId()).ends(done, now, timed.latency());
        } else if (event instanceof Failed failed) {
            utterance(failed.itemId()).fails(failed, now);
        } else if (event instanceof ErrorReported reported) {
            add(errors, reported.error().describe());
        } else if (event instanceof AudioDropped lost) {
            add(dropped, lost);
        } else if (event instanceof Summary summary) {
            ledger = summary.ledger();
        }
    }

    private UtteranceNotes utterance(String itemId) {
        UtteranceNotes known = utterances.get(itemId);
        if (known != null) {
            return known;
        }
        if (utterances.size() == MAX_UTTERANCES) {
            utterances.remove(utterances.keySet().iterator().next());
            leftOut++;
        }
        UtteranceNotes added = new UtteranceNotes(itemId);
        utterances.put(itemId, added);
        return added;
    }

    private static <T> void add(List<T> incidents, T incident) {
        if (incidents.size() < MAX_INCIDENTS) {
            incidents.add(incident);
        }
    }

    synchronized void completes() {
        ends(End.COMPLETE);
    }

    /** May come after the end, too, from those who always cancel. */
    synchronized void isCancelled() {
        if (end == End.RUNNING) {
            ends(End.CANCELLED);
        }
    }

    /** May come without a session, too. */
    synchronized void fails(Throwable error) {
        if (end != End.FAILED) {
            failure = words.apply(error);
            ends(End.FAILED);
        }
    }

    private void ends(End how) {
        if (end == End.RUNNING) {
            closed = nanoTime.getAsLong();
        }
        end = how;
    }

    synchronized SessionStory story() {
        long until = end == End.RUNNING ? nanoTime.getAsLong() : closed;
        return new SessionStory(
                name,
                Collections.unmodifiableMap(facts),
                end,
                failure,
                began,
                began == null ? Duration.ZERO : Duration.ofNanos(until - opened),
                peaks.length(),
                peaks.shape(),
                utterances.values().stream().map(UtteranceNotes::story).toList(),
                leftOut,
                sessions,
                model,
                List.copyOf(reconnects),
                List.copyOf(errors),
                List.copyOf(dropped),
                ledger);
    }
}
