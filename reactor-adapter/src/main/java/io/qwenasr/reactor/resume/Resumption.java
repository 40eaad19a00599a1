package io.qwenasr.reactor.resume;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioLedger;
import io.qwenasr.AudioSignal;
import io.qwenasr.ConnectionClosedException;
import io.qwenasr.QwenAsrException;
import io.qwenasr.ReconnectFailedException;
import io.qwenasr.SessionOptions;
import io.qwenasr.SessionPhase;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TurnDetection;
import io.qwenasr.reactor.SessionListener;
import io.qwenasr.reactor.internal.CallerMdc;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.util.context.Context;
import reactor.util.context.ContextView;
import reactor.util.retry.Retry;

/**
 * One transcription over as many sessions as it takes: a {@link SessionRelay} after the other.
 *
 * <p>The relays follow each other, so all but the ledger is used by one thread at a time.
 */
final class Resumption {

    private static final Logger log = LoggerFactory.getLogger(ResumingTranscriber.class);
    private static final int FAILURES_KEPT = 100;

    /** How long a service takes at most to tell of what it has heard. */
    private static final Duration TIME_TO_TELL = Duration.ofSeconds(5);

    private static final Duration TELLING_OF_SILENCE = Duration.ofSeconds(2);

    private final ResumeConfig config;
    private final SessionListener listener;
    private final Publisher<? extends AudioSignal> audio;
    private final SessionOptions options;
    private final AudioTape tape;
    private final UtteranceTracker tracker;
    private final SessionLimit limit;

    /** What has to be said before anything else. */
    private final Queue<TranscriptionEvent> toSay = new ArrayDeque<>();

    /** The latest failures in a row. */
    private final Deque<QwenAsrException> failures = new ArrayDeque<>();

    private int attempts;
    private int sessions;
    private long readyAt = Long.MIN_VALUE;
    private long replayed;
    private long lost;
    private @Nullable Throwable cause;
    private final Duration toTell;
    private volatile @Nullable RelaySession live;

    /** Up to where the sessions before the last failure had told of what they heard. */
    private volatile long toldTo;

    /** From where the last session, which is finished, has heard all. */
    private volatile long heardOut = Long.MAX_VALUE;

    /** The service's, of the session that was ready last, for the log. */
    private @Nullable String sessionId;

    /** What the caller's log lines carry. */
    private final Map<String, String> mdc;

    Resumption(
            ResumeConfig config, Publisher<? extends AudioSignal> audio, SessionOptions options, ContextView context) {
        AudioFormat format = options.format();
        this.config = config;
        this.listener = SessionListener.of(context);
        this.audio = audio;
        this.options = options;
        this.limit = new SessionLimit(config.sessionLimit());
        this.tape = new AudioTape(
                format, options.isManual(), format.bytesIn(config.keep()), this::silentTo, Context.of(context));
        this.tracker = options.isManual() ? new ManualTracker(format, tape.utterances()) : new VadTracker(format);
        this.toTell = timeToTell(options.turnDetection());
        this.mdc = log.isInfoEnabled() ? CallerMdc.of(context) : Map.of();
    }

    private void info(String message, @Nullable Object... arguments) {
        if (log.isInfoEnabled()) {
            String name = sessionId == null ? "[asr client] " : "[asr client " + sessionId + "] ";
            CallerMdc.write(mdc, () -> log.info(name + message, arguments));
        }
    }

    private static Duration timeToTell(TurnDetection detection) {
        Duration afterSilence = detection instanceof TurnDetection.ServerVad vad
                ? vad.silenceOrDefault().plus(TELLING_OF_SILENCE)
                : Duration.ZERO;
        return afterSilence.compareTo(TIME_TO_TELL) > 0 ? afterSilence : TIME_TO_TELL;
    }

    /**
     * Up to where nothing is said that has no result, as the sessions must have told by now.
     *
     * <p>What a session has said already may still wait for its turn. It is looked for first, and then at what is open.
     */
    private long silentTo() {
        RelaySession listening = live;
        long told = toldTo;
        if (listening != null && listening.isHeardOut()) {
            told = Math.max(told, listening.reader().hearing().toldTo());
        }
        return Math.min(Math.max(told, tracker.reported()), tracker.openFrom());
    }

    Flux<TranscriptionEvent> events() {
        listener.onLedger(this::ledger);
        Flux<TranscriptionEvent> relay = new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super TranscriptionEvent> actual) {
                SessionRelay begun = new SessionRelay(actual, Resumption.this);
                actual.onSubscribe(begun);
                begun.work();
            }
        };
        return relay.retryWhen(Retry.from(lost -> lost.concatMap(signal -> onLost(signal.failure()), 1)))
                .concatWith(Flux.defer(() -> Flux.fromIterable(tracker.leftOver())))
                .concatWith(Mono.fromSupplier(this::onFinished))
                .onErrorResume(error -> Flux.concat(Mono.fromSupplier(this::summary), Mono.error(error)))
                .doFinally(end -> tape.cancel());
    }

    AudioLedger ledger() {
        return tape.ledger(tracker.settled(), tracker.openFrom(), heardOut);
    }

    private TranscriptionEvent onFinished() {
        RelaySession last = live;
        if (last != null && last.reader().isFinished()) {
            heardOut = last.reader().timeline().begin();
        }
        return summary();
    }

    private TranscriptionEvent summary() {
        return new TranscriptionEvent.Summary(ledger());
    }

    // ---- for the relay

    /** To be called before the sessions are cancelled: the source has nobody to be asked for any more. */
    void cancel() {
        tape.cancel();
    }

    SessionLimit limit() {
        return limit;
    }

    RelaySession newSession(SessionRelay relay) {
        return new RelaySession(++sessions, relay, tape, config.scheduler(), toTell);
    }

    Flux<TranscriptionEvent> events(RelaySession session) {
        return Flux.defer(() -> config.transcriber().transcribe(session.reader(), options));
    }

    /** The first session of a relay hears what is not settled. */
    void begin(RelaySession first) {
        readyAt = Long.MIN_VALUE;
        live = first;
        first.begin(tracker.begin(first.reader().timeline(), first.number()));
        tape.start(first.reader(), tracker.settled());
        if (first.number() == 1) {
            audio.subscribe(tape);
        }
    }

    boolean isPause(RelaySession live) {
        return options.isManual()
                ? live.reader().isBetweenUtterances()
                : live.utterances().isBetween();
    }

    void replace(RelaySession last, RelaySession next) {
        long end = tape.stop(last.reader());
        long position = last.utterances().handOver(end, tape.heardFrom(tracker.settled(), tracker.openFrom()));
        info(
                "session {} takes over from session {}, which is {} s old, at {}",
                next.number(),
                last.number(),
                last.age().toSeconds(),
                options.format().durationOf(position));
        live = next;
        next.begin(tracker.begin(next.reader().timeline(), next.number()));
        tape.start(next.reader(), position);
        last.replaced();
    }

    /** Returns null if no other session is to be tried in place of one that was to take over. */
    @Nullable Disposable afterRest(RelaySession lost, int attempt, Runnable task) {
        Throwable failure = failureOf(lost);
        boolean again = config.policy().allows(failure, attempt);
        info(
                "session {}, opened to take over, is lost, {} be tried again: {}",
                lost.number(),
                again ? "will" : "will not",
                failure.toString());
        if (!again) {
            return null;
        }
        Duration rest = config.policy().delay(attempt, failure, ThreadLocalRandom.current());
        return config.scheduler().schedule(task, rest.toNanos(), TimeUnit.NANOSECONDS);
    }

    /** A session has come to its end; returns true if it was given all its audio, and has brought all its results. */
    boolean isComplete(RelaySession session) {
        limit.onEnd(session.error(), session.age());
        boolean wasToEnd = session.isReplaced() || session.reader().isFinished();
        return session.error() == null && wasToEnd && session.utterances().complete();
    }

    static Throwable failureOf(RelaySession session) {
        Throwable error = session.error();
        return error != null
                ? error
                : new ConnectionClosedException(
                        ConnectionClosedException.NO_CLOSE_FRAME,
                        "the session completed before its audio did, or without a result",
                        SessionPhase.STREAMING,
                        null,
                        null);
    }

    boolean isSpeechless() {
        return toSay.isEmpty();
    }

    @Nullable TranscriptionEvent nextToSay() {
        return toSay.poll();
    }

    /** Deals with an event, and with what was kept back before it. */
    void onEvent(RelaySession session, TranscriptionEvent event) {
        if (event instanceof TranscriptionEvent.Failed failed) {
            session.doubt(failed);
        } else {
            boolean goesOn = !(event instanceof TranscriptionEvent.ErrorReported);
            session.takeDoubtful(goesOn).forEach(failed -> accept(session, failed));
            accept(session, event);
        }
    }

    /** Deals with what was kept back, if its time has come. */
    void onNothing(RelaySession session) {
        session.takeDoubtful(false).forEach(failed -> accept(session, failed));
    }

    private void accept(RelaySession session, TranscriptionEvent event) {
        if (event instanceof TranscriptionEvent.SessionReady ready) {
            onReady(ready);
        } else if (event instanceof TranscriptionEvent.AudioDropped dropped) {
            Duration start =
                    options.format().durationOf(session.reader().timeline().start(dropped.start()));
            Duration end = start.plus(dropped.length());
            tape.gapsTold(options.format().bytesIn(end));
            toSay.add(new TranscriptionEvent.AudioDropped(start, end));
        } else {
            long before = tracker.settled();
            session.utterances().onEvent(event, toSay::add);
            long settled = tracker.settled();
            if (settled > before) {
                onHealthy();
                tape.settle(settled);
            }
        }
    }

    private void onReady(TranscriptionEvent.SessionReady ready) {
        if (readyAt == Long.MIN_VALUE) {
            readyAt = now();
        }
        sessionId = ready.sessionId();
        Throwable before = cause;
        if (before == null) {
            toSay.add(ready);
            return;
        }
        AudioFormat format = options.format();
        toSay.add(new TranscriptionEvent.Reconnected(
                ready.sessionId(),
                format.durationOf(replayed),
                format.durationOf(lost),
                Math.max(1, attempts),
                before));
        lost = 0;
        cause = null;
    }

    // ---- between relays

    private Mono<Long> onLost(Throwable failure) {
        if (readyAt != Long.MIN_VALUE
                && now() - readyAt >= config.policy().healthyAfter().toNanos()) {
            onHealthy();
        }
        if (failure == tape.error() || !(failure instanceof QwenAsrException known) || !known.isRetryable()) {
            return Mono.error(failure);
        }
        attempts++;
        failures.add(known);
        if (failures.size() > FAILURES_KEPT) {
            failures.remove();
        }
        toldTo = Math.max(toldTo, silentTo());
        lost += tape.declareLost(tracker.settled(), tracker.openFrom());
        if (!config.policy().allows(failure, attempts)) {
            return Mono.error(new ReconnectFailedException(attempts, List.copyOf(failures)));
        }
        tracker.onLost(tape.base(), toSay::add);
        replayed = tape.toReplay();
        cause = failure;
        Duration delay = config.policy().delay(attempts, failure, ThreadLocalRandom.current());
        listener.onLost(failure);
        info("session lost, attempt {} in {} ms: {}", attempts, delay.toMillis(), failure.toString());
        return Mono.delay(delay, config.scheduler());
    }

    private void onHealthy() {
        attempts = 0;
        failures.clear();
    }

    private long now() {
        return config.scheduler().now(TimeUnit.NANOSECONDS);
    }
}
