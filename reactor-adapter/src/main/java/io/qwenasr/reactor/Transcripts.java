package io.qwenasr.reactor;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * What most callers want of the events of a session; each method fits
 * {@link Flux#transform(java.util.function.Function) transform}.
 *
 * <pre>{@code
 * audio.transform(transcriber::transcribe)
 *         .transform(Transcripts::text)
 *         .subscribe(System.out::println);
 * }</pre>
 *
 * <p><b>Utterances that fail.</b> {@link #finals(Flux) finals}, {@link #text(Flux) text} and
 * {@link #utterances(Flux) utterances} have no place for a {@link Failed} item, and do not hide it either.
 * An utterance that fails does not end the session, so it does not end these: whatever else is transcribed
 * is delivered as it comes, and then the flux ends with a {@link FailedUtterancesException} instead of
 * completing, which names the items. So a flux that completes has lost nothing. If the session itself ends
 * with an error, it is that error, with the {@code FailedUtterancesException} as a suppressed one. Who
 * wants to know at once, or lives with the gaps, passes a consumer of the failures: they all go there, and the
 * flux completes. A subscriber that cancels, such as by {@code take}, is not told of the failures before.
 *
 * <p>Those three leave out all other events, among them {@link TranscriptionEvent.ErrorReported}: audio whose commit was
 * refused is in a later utterance, or ends the session with an error, unless there is less than 100 ms of it. To see
 * these, subscribe to the events themselves. They honour demand, emit on the thread of the events, add no queue, and
 * each subscription has its own state. What a consumer throws cancels the session and is the error of the flux.
 *
 * @since 0.1.0
 */
public final class Transcripts {

    /** How many events {@link #latestPartial(Flux)} lets wait. */
    static final int DEFAULT_MAX_WAITING = 256;

    private static final int LEAST_MAX_WAITING = 2;
    private static final int MOST_MAX_WAITING = 65_536;

    private Transcripts() {}

    /**
     * Keeps the transcripts, as events, in order of completion.
     *
     * @param events the events of a session
     * @return the finals, empty ones too; ends with {@link FailedUtterancesException} if an utterance failed
     */
    public static Flux<Final> finals(Flux<TranscriptionEvent> events) {
        return failuresLast(events, () -> Transcripts::finalOf);
    }

    /**
     * Keeps the transcripts, as events, in order of completion, and passes failures to a consumer.
     *
     * @param events the events of a session
     * @param onFailed is called for each utterance that failed, in its turn, on the thread of the events
     * @return the finals, empty ones too
     */
    public static Flux<Final> finals(Flux<TranscriptionEvent> events, Consumer<? super Failed> onFailed) {
        return failuresTo(onFailed, events, () -> Transcripts::finalOf);
    }

    /**
     * Keeps the text of the transcripts, in order of completion.
     *
     * @param events the events of a session
     * @return the transcripts that are not {@linkplain String#isBlank() blank}, one for an utterance, as the
     *     service wrote them; ends with {@link FailedUtterancesException} if an utterance failed
     */
    public static Flux<String> text(Flux<TranscriptionEvent> events) {
        return failuresLast(events, () -> Transcripts::textOf);
    }

    /**
     * Keeps the text of the transcripts, in order of completion, and passes failures to a consumer.
     *
     * @param events the events of a session
     * @param onFailed is called for each utterance that failed, in its turn, on the thread of the events
     * @return the transcripts that are not {@linkplain String#isBlank() blank}, one for an utterance, as the
     *     service wrote them
     */
    public static Flux<String> text(Flux<TranscriptionEvent> events, Consumer<? super Failed> onFailed) {
        return failuresTo(onFailed, events, () -> Transcripts::textOf);
    }

    /**
     * Puts together what is told of each utterance, in order of completion.
     *
     * <p>Start and end are those of the final; where it has none, those of {@link TranscriptionEvent.SpeechStarted}
     * and {@link TranscriptionEvent.SpeechStopped} of the same item, if they came before. They are remembered
     * for at most 1,024 open items, far more than a session has.
     *
     * @param events the events of a session
     * @return the utterances, those with an empty text too; ends with {@link FailedUtterancesException} if an
     *     utterance failed
     */
    public static Flux<Utterance> utterances(Flux<TranscriptionEvent> events) {
        return failuresLast(events, () -> new UtteranceBuilder()::accept);
    }

    /**
     * Puts together what is told of each utterance, in order of completion, and passes failures to a consumer.
     *
     * @param events the events of a session
     * @param onFailed is called for each utterance that failed, in its turn, on the thread of the events
     * @return the utterances, those with an empty text too; see {@link #utterances(Flux)}
     */
    public static Flux<Utterance> utterances(Flux<TranscriptionEvent> events, Consumer<? super Failed> onFailed) {
        return failuresTo(onFailed, events, () -> new UtteranceBuilder()::accept);
    }

    /**
     * Keeps only the newest partial of each item for a subscriber that is behind, such as a browser on a slow
     * line; at most 256 events wait.
     *
     * @param events the events of a session
     * @return the same events without the partials that were out of date before they could be delivered
     * @see #latestPartial(Flux, int)
     */
    public static Flux<TranscriptionEvent> latestPartial(Flux<TranscriptionEvent> events) {
        return latestPartial(events, DEFAULT_MAX_WAITING);
    }

    /**
     * Keeps only the newest partial of each item for a subscriber that is behind, such as a browser on a slow
     * line.
     *
     * <p>An event waits while it is not requested, or while the subscriber is busy with another one. A waiting
     * {@link TranscriptionEvent.Partial Partial} gives way to a newer one of its item, which takes its place at
     * the end, and to the {@link Final} of its item. It stays before the {@link Failed} of its item: it is
     * all there will be of the utterance. A partial that comes after the {@code Final} or {@code Failed} of its
     * item, against the contract of {@link TranscriptionEvent}, is left out; the last 64 items that ended are
     * remembered, up to the next {@link TranscriptionEvent.SessionReady}. Nothing else is left out and nothing is
     * reordered. The partials left out go to
     * {@link Flux#doOnDiscard(Class, Consumer) doOnDiscard}.
     *
     * <p><b>Demand and memory.</b> The first request of the subscriber starts the events. From then on they are
     * requested independently of it, so that newer partials can replace older ones, but so that what waits and what
     * is on its way never exceed {@code maxWaiting} together. So at most that many events wait: one partial for
     * each open item, and the events that are never left out. If these fill it up, no more events are requested,
     * and no partials are replaced any longer, until the subscriber takes some; meanwhile a
     * session of {@link QwenAsrClient} stops requesting audio once its own
     * {@linkplain io.qwenasr.session.ClientSessionSettings#eventsAhead() queue of events} is full. A slow viewer
     * thus slows the audio only when it is {@code maxWaiting} final results behind or so, and loses none.
     *
     * <p><b>The end.</b> Completion and errors come after everything that waits, so they need it to be requested.
     * Cancelling discards what waits. More events than requested are an error, after what waits; a request for
     * less than one event is an {@link IllegalArgumentException} at once, and what waits is discarded.
     *
     * <p><b>Threads.</b> Events are emitted one at a time, on the thread of the events or on one that calls
     * {@code request}. A subscriber that works slowly on the thread of the events holds up the events themselves,
     * and nothing is replaced then. Let it work elsewhere and keep nothing between:
     *
     * <pre>{@code
     * events.transform(Transcripts::latestPartial)
     *         .publishOn(Schedulers.boundedElastic(), 1)
     * }</pre>
     *
     * <p>The 1 matters: what an operator downstream has prefetched (256 for a plain {@code publishOn}) is
     * delivered and can no longer be replaced.
     *
     * @param events the events of a session
     * @param maxWaiting how many events may wait, from 2 to 65,536
     * @return the same events without the partials that were out of date before they could be delivered
     * @throws IllegalArgumentException if {@code maxWaiting} is out of range
     */
    public static Flux<TranscriptionEvent> latestPartial(Flux<TranscriptionEvent> events, int maxWaiting) {
        Objects.requireNonNull(events, "events");
        if (maxWaiting < LEAST_MAX_WAITING || maxWaiting > MOST_MAX_WAITING) {
            throw new IllegalArgumentException(
                    "maxWaiting must be from " + LEAST_MAX_WAITING + " to " + MOST_MAX_WAITING + ", not " + maxWaiting);
        }
        return new LatestPartialFlux(events, maxWaiting);
    }

    private static @Nullable Final finalOf(TranscriptionEvent event) {
        return event instanceof Final done ? done : null;
    }

    private static @Nullable String textOf(TranscriptionEvent event) {
        return event instanceof Final done && !done.transcript().isBlank() ? done.transcript() : null;
    }

    private static <T> Flux<T> failuresLast(Flux<TranscriptionEvent> events, Supplier<Pick<T>> picks) {
        Objects.requireNonNull(events, "events");
        return Flux.defer(() -> {
            FailedItems failed = new FailedItems();
            return failuresTo(failed::add, events, picks)
                    .onErrorMap(failed::end)
                    .concatWith(Mono.defer(failed::end));
        });
    }

    private static <T> Flux<T> failuresTo(
            Consumer<? super Failed> onFailed, Flux<TranscriptionEvent> events, Supplier<Pick<T>> picks) {
        Objects.requireNonNull(events, "events");
        Objects.requireNonNull(onFailed, "onFailed");
        return Flux.defer(() -> {
            Pick<T> pick = picks.get();
            return events.handle((event, sink) -> {
                T result = pick.from(event);
                if (event instanceof Failed failed) {
                    onFailed.accept(failed);
                }
                if (result != null) {
                    sink.next(result);
                }
            });
        });
    }

    /** What an event makes of itself, if anything. */
    private interface Pick<T> {
        @Nullable T from(TranscriptionEvent event);
    }
}
