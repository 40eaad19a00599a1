package io.qwenasr.reactor.observation;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.observation.DefaultMeterObservationHandler;
import io.micrometer.observation.Observation;
import io.micrometer.observation.ObservationRegistry;
import io.micrometer.observation.contextpropagation.ObservationThreadLocalAccessor;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.SessionListener;
import io.qwenasr.reactor.Transcriber;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;
import reactor.util.context.ContextView;

/**
 * Tells Micrometer of the sessions of another transcriber: an observation for each of them, which makes a span and a
 * timer, and meters.
 *
 * <pre>{@code
 * Transcriber observed = ObservedTranscriber.of(ResumingTranscriber.of(client))
 *         .observations(observationRegistry)
 *         .meters(meterRegistry);
 * }</pre>
 *
 * <p>It goes around a {@link io.qwenasr.reactor.resume.ResumingTranscriber}, not inside: then a session is what the
 * caller sees as one, and reconnects are counted.
 *
 * <table>
 * <caption>Meters; all have the tag {@code mode}, {@code vad} or {@code manual}</caption>
 * <tr><th>name</th><th>type</th><th>more tags</th><th>what</th></tr>
 * <tr><td>{@code qwen.asr.sessions.active}</td><td>long task timer</td><td></td><td>sessions that
 *     are open, and for how long</td></tr>
 * <tr><td>{@code qwen.asr.audio.sent}</td><td>counter, seconds</td><td></td><td>audio that was taken, each
 *     second once; none for Opus</td></tr>
 * <tr><td>{@code qwen.asr.append.in.flight}</td><td>summary, seconds</td><td></td><td>audio between the source and the
 *     socket, whenever more is taken: near the window where the network or the service is slower than the audio. Of a
 *     {@link io.qwenasr.reactor.QwenAsrClient}; none for Opus</td></tr>
 * <tr><td>{@code qwen.asr.audio.replayed}</td><td>counter, seconds</td><td></td><td>audio that was sent once
 *     more</td></tr>
 * <tr><td>{@code qwen.asr.audio.dropped}</td><td>counter, seconds</td><td>{@code reason}: {@code source},
 *     {@code reconnect}</td><td>audio that was lost before the session, or with one</td></tr>
 * <tr><td>{@code qwen.asr.events}</td><td>counter</td><td>{@code type}: {@code final}, {@code partial},
 *     {@code failed}, {@code session_ready} …</td><td>events</td></tr>
 * <tr><td>{@code qwen.asr.errors}</td><td>counter</td><td>{@code category}: {@code connect},
 *     {@code handshake_rejected}, {@code server_error}, {@code connection_closed}, {@code timeout},
 *     {@code incomplete}, {@code protocol}, {@code overflow}, {@code invalid_signal}, {@code other};
 *     {@code retryable}</td><td>sessions that failed</td></tr>
 * <tr><td>{@code qwen.asr.reconnects}</td><td>counter</td><td></td><td>sessions opened in the place of a lost
 *     one</td></tr>
 * <tr><td>{@code qwen.asr.latency.first.partial}, {@code qwen.asr.latency.final}</td><td>timer</td><td></td>
 *     <td>with each final; see {@link Latencies}</td></tr>
 * </table>
 *
 * <p><b>The observation</b> is {@link SessionObservation#SESSION}, named {@code qwen.asr.session}. Its parent is the
 * observation in the subscriber's Reactor context, or else the current one of the subscribing thread; it is itself in
 * the Reactor context of the audio and of the other transcriber, under
 * {@link ObservationThreadLocalAccessor#KEY}. Meters of connections are reactor-netty's:
 * {@code HttpClient.metrics(true, uri -> "/realtime")}.
 *
 * <p>Signals, events, demand, threads, errors and cancellation pass as they are. Handlers and meters are called on the
 * threads of the session, so they must not block. Immutable, safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class ObservedTranscriber implements Transcriber {

    private static final SessionObservationConvention DEFAULT_CONVENTION = new DefaultSessionObservationConvention();

    private final Transcriber transcriber;
    private final @Nullable ObservationRegistry observations;
    private final @Nullable MeterRegistry meters;
    private final @Nullable SessionObservationConvention convention;
    private final Supplier<Scheduler> clock;

    private final ObservationRegistry effective;
    private final Map<String, SessionMeters> metersOfMode = new ConcurrentHashMap<>();

    private ObservedTranscriber(
            Transcriber transcriber,
            @Nullable ObservationRegistry observations,
            @Nullable MeterRegistry meters,
            @Nullable SessionObservationConvention convention,
            Supplier<Scheduler> clock) {
        this.transcriber = transcriber;
        this.observations = observations;
        this.meters = meters;
        this.convention = convention;
        this.clock = clock;
        this.effective = registry(observations, meters);
    }

    /** Who has meters only gets the timer nevertheless. */
    private static ObservationRegistry registry(
            @Nullable ObservationRegistry observations, @Nullable MeterRegistry meters) {
        if (observations != null) {
            return observations;
        }
        if (meters == null) {
            return ObservationRegistry.NOOP;
        }
        ObservationRegistry registry = ObservationRegistry.create();
        registry.observationConfig().observationHandler(new DefaultMeterObservationHandler(meters));
        return registry;
    }

    /**
     * Observes a transcriber. Nobody is told of it before {@link #observations} or {@link #meters} says whom.
     *
     * @param transcriber whose sessions are observed
     * @return a new transcriber
     */
    public static ObservedTranscriber of(Transcriber transcriber) {
        return new ObservedTranscriber(
                Objects.requireNonNull(transcriber, "transcriber"), null, null, null, Schedulers::parallel);
    }

    /**
     * Sets where the observations go. Its handlers decide what they become: spans, timers, log lines.
     *
     * @param registry the registry
     * @return the same with that registry
     */
    public ObservedTranscriber observations(ObservationRegistry registry) {
        return new ObservedTranscriber(
                transcriber, Objects.requireNonNull(registry, "registry"), meters, convention, clock);
    }

    /**
     * Sets where the meters go. If no registry of observations is set, the timer {@code qwen.asr.session} goes there,
     * too.
     *
     * @param registry the registry
     * @return the same with that registry
     */
    public ObservedTranscriber meters(MeterRegistry registry) {
        return new ObservedTranscriber(
                transcriber, observations, Objects.requireNonNull(registry, "registry"), convention, clock);
    }

    /**
     * Sets how the observation and its key values are named.
     *
     * @param convention the names; otherwise a convention of the registry for these sessions, or else the
     *     {@linkplain DefaultSessionObservationConvention default}
     * @return the same with that convention
     */
    public ObservedTranscriber convention(SessionObservationConvention convention) {
        return new ObservedTranscriber(
                transcriber, observations, meters, Objects.requireNonNull(convention, "convention"), clock);
    }

    /**
     * Sets the clock of the latencies.
     *
     * @param clock a scheduler, of which only the time in nanoseconds is asked; {@link Schedulers#parallel()} by default
     * @return the same with that clock
     */
    public ObservedTranscriber clock(Scheduler clock) {
        Objects.requireNonNull(clock, "clock");
        return new ObservedTranscriber(transcriber, observations, meters, convention, () -> clock);
    }

    @Override
    public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
        Objects.requireNonNull(audio, "audio");
        Objects.requireNonNull(options, "options");
        return Flux.deferContextual(context -> {
            ObservedSession session = begin(options, context);
            Flux<AudioSignal> heard =
                    Flux.<AudioSignal>from(audio).doOnNext(session::heard).doOnError(session::audioFailed);
            // Deferred once more, so that what a transcriber throws ends the observation, too.
            return Flux.defer(() -> transcriber.transcribe(heard, options))
                    .doOnNext(session::told)
                    .doOnComplete(session::completed)
                    .doOnError(session::failed)
                    .doOnCancel(session::cancelled)
                    .contextWrite(
                            write -> session.in(write.put(ObservationThreadLocalAccessor.KEY, session.observation())));
        });
    }

    private ObservedSession begin(SessionOptions options, ContextView context) {
        SessionObservationContext about = new SessionObservationContext(options);
        Observation observation =
                SessionObservation.SESSION.observation(convention, DEFAULT_CONVENTION, () -> about, effective);
        // Otherwise it keeps the one of the thread's scope, which it has already.
        if (context.hasKey(ObservationThreadLocalAccessor.KEY)) {
            observation.parentObservation(context.get(ObservationThreadLocalAccessor.KEY));
        }
        ObservedSession session =
                new ObservedSession(about, observation, metersOf(options), clock.get(), SessionListener.of(context));
        session.start();
        return session;
    }

    private @Nullable SessionMeters metersOf(SessionOptions options) {
        MeterRegistry registry = meters;
        return registry == null
                ? null
                : metersOfMode.computeIfAbsent(SessionMeters.mode(options), mode -> new SessionMeters(registry, mode));
    }

    @Override
    public String toString() {
        return "ObservedTranscriber[" + transcriber + "]";
    }
}
