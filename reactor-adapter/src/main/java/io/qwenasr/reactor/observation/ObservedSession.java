package io.qwenasr.reactor.observation;

import io.micrometer.core.instrument.LongTaskTimer;
import io.micrometer.observation.Observation;
import io.qwenasr.AudioLedger;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.SessionListener;
import io.qwenasr.reactor.observation.SessionObservation.Events;
import io.qwenasr.reactor.observation.SessionObservationContext.Outcome;
import io.qwenasr.session.ClientSession;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/** Tells of one session. */
final class ObservedSession implements SessionListener {

    private final SessionOptions options;
    private final SessionObservationContext context;
    private final Observation observation;
    private final @Nullable SessionMeters meters;
    private final LatencyTracker latencies;
    private final SessionListener listener;
    private final AtomicBoolean ended = new AtomicBoolean();
    private volatile @Nullable ClientSession session;
    private volatile @Nullable Throwable audioError;
    private volatile @Nullable Supplier<AudioLedger> ledger;
    private boolean partialSeen;
    private LongTaskTimer.@Nullable Sample active;

    ObservedSession(
            SessionObservationContext context,
            Observation observation,
            @Nullable SessionMeters meters,
            Scheduler clock,
            SessionListener listener) {
        this.options = context.options();
        this.context = context;
        this.observation = observation;
        this.meters = meters;
        this.listener = listener;
        this.latencies = new LatencyTracker(options.format(), clock);
    }

    Observation observation() {
        return observation;
    }

    void start() {
        observation.start();
        if (meters != null) {
            active = meters.started();
        }
    }

    @Override
    public void onSession(ClientSession session) {
        this.session = session;
        listener.onSession(session);
    }

    @Override
    public void onLost(Throwable cause) {
        listener.onLost(cause);
    }

    @Override
    public void onLedger(Supplier<AudioLedger> ledger) {
        this.ledger = ledger;
        listener.onLedger(ledger);
    }

    void heard(AudioSignal signal) {
        latencies.heard(signal);
        if (meters != null) {
            meters.heard(signal, options.format(), session);
        }
    }

    /** The audio failed; if the session fails of the same error, it is not to blame. */
    void audioFailed(Throwable error) {
        audioError = error;
    }

    void told(TranscriptionEvent event) {
        UtteranceLatency latency = latencies.told(event);
        if (event instanceof TranscriptionEvent.SessionReady ready) {
            context.ready(ready.sessionId(), ready.model());
            observation.event(Events.READY);
        } else if (event instanceof TranscriptionEvent.Reconnected again) {
            context.reconnected(again.sessionId());
            observation.event(Events.RECONNECTED);
        } else if (!partialSeen
                && event instanceof TranscriptionEvent.Partial partial
                && !partial.preview().isEmpty()) {
            partialSeen = true;
            observation.event(Events.FIRST_PARTIAL);
        }
        if (meters != null) {
            meters.told(event);
            if (latency != null) {
                meters.late(latency);
            }
        }
    }

    void completed() {
        end(Outcome.COMPLETED, null);
    }

    void cancelled() {
        end(Outcome.CANCELLED, null);
    }

    void failed(Throwable error) {
        end(Outcome.FAILED, error);
    }

    /** A cancellation may race the end. */
    private void end(Outcome outcome, @Nullable Throwable error) {
        if (!ended.compareAndSet(false, true)) {
            return;
        }
        context.ended(outcome, latencies.heard());
        if (active != null) {
            active.stop();
        }
        if (meters != null && error != null) {
            meters.failed(error, error == audioError ? ErrorCategory.AUDIO_SOURCE : ErrorCategory.of(error));
        }
        Supplier<AudioLedger> read = ledger;
        if (meters != null && read != null) {
            meters.lost(read.get().total(AudioLedger.State.LOST));
        }
        if (error != null) {
            observation.error(error);
        }
        observation.stop();
    }
}
