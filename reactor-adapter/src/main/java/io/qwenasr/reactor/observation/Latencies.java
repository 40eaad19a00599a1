package io.qwenasr.reactor.observation;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Transcriber;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Tells of each final how late it was. It needs no library of metrics.
 *
 * <pre>{@code
 * audio.transform(Latencies.of(transcriber)::transcribe)
 *         .filter(timed -> timed.latency() != null)
 *         .subscribe(timed -> System.out.println(timed.latency().finalResult()));
 * }</pre>
 *
 * <p><b>What is measured.</b> Positions on the audio timeline are compared with the clock. The source hands over the
 * audio piece by piece, and the time of each is noted; audio lies at a position when the piece that holds it is
 * handed over.
 *
 * <ul>
 *   <li>{@link UtteranceLatency#finalResult()} is the time from that of the audio at the end of speech to the arrival
 *       of the {@link TranscriptionEvent.Final}. So it holds everything that makes a speaker wait: the way there and
 *       back, waiting for demand or a new session, the silence by which turn detection knows that speech has ended
 *       ({@link io.qwenasr.TurnDetection.ServerVad#silence}), a late commit, recognition, and events that waited for
 *       the subscriber's demand.
 *   <li>{@link UtteranceLatency#firstPartial()} is the time from that of the audio at the start of speech to the
 *       arrival of the first {@link TranscriptionEvent.Partial} of the utterance that shows any text.
 *   <li>Start and end are those of the final; where it has none, those of {@link TranscriptionEvent.SpeechStarted} and
 *       {@link TranscriptionEvent.SpeechStopped}. A position beyond the audio so far counts as its latest; no latency
 *       is below zero.
 * </ul>
 *
 * <p>The figures speak of latency only where the audio comes in real time, from a live source or by
 * {@link io.qwenasr.reactor.Pacing}. A file that is read ahead of the recogniser waits for it, and that is in the
 * figures. Audio that waited before it was handed over, as in a {@link io.qwenasr.reactor.LiveBuffer}, has its
 * waiting not in them. Times are exact to 2 ms, and to the length of the source's pieces. The latest 4,096 times are kept
 * (over 6 minutes in pieces of 100 ms, 40 s in pieces of 10 ms), in at most 64 KiB a session; what is
 * older is not known. Nor is anything about Opus, which has no positions.
 *
 * <p>Around a {@link io.qwenasr.reactor.resume.ResumingTranscriber} the figures tell what the speaker saw, reconnecting
 * included; inside it, what each session did.
 *
 * <p>Signals, events, demand, threads, errors and cancellation pass as they are. Immutable, safe for use by several
 * threads.
 *
 * @since 0.1.0
 */
public final class Latencies {

    private final Transcriber transcriber;
    private final Supplier<Scheduler> clock;

    private Latencies(Transcriber transcriber, Supplier<Scheduler> clock) {
        this.transcriber = transcriber;
        this.clock = clock;
    }

    /**
     * Measures the sessions of a transcriber.
     *
     * @param transcriber opens the sessions
     * @return what opens sessions that are measured, by the monotonic clock of {@link Schedulers#parallel()}
     */
    public static Latencies of(Transcriber transcriber) {
        return new Latencies(Objects.requireNonNull(transcriber, "transcriber"), Schedulers::parallel);
    }

    /**
     * Sets the clock.
     *
     * @param clock a scheduler, of which only the time in nanoseconds is asked
     * @return the same with that clock
     */
    public Latencies clock(Scheduler clock) {
        Objects.requireNonNull(clock, "clock");
        return new Latencies(transcriber, () -> clock);
    }

    /**
     * Transcribes one stream of audio signals.
     *
     * @param audio as for {@link Transcriber#transcribe(Publisher, SessionOptions)}
     * @param options how to listen
     * @return the events of the session, finals with their latencies; cold
     */
    public Flux<TimedEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
        Objects.requireNonNull(audio, "audio");
        Objects.requireNonNull(options, "options");
        return Flux.defer(() -> {
            LatencyTracker tracker = new LatencyTracker(options.format(), clock.get());
            return transcriber
                    .transcribe(Flux.<AudioSignal>from(audio).doOnNext(tracker::heard), options)
                    .map(event -> new TimedEvent(event, tracker.told(event)));
        });
    }

    /**
     * Transcribes plain audio; in manual mode the whole stream is one utterance.
     *
     * @param audio audio bytes; see {@link AudioSignal.Chunk} for what is asked of the buffers
     * @param options how to listen
     * @return the events of the session, finals with their latencies; cold
     */
    public Flux<TimedEvent> transcribe(Flux<ByteBuffer> audio, SessionOptions options) {
        return transcribe(audio.map(AudioSignal.Chunk::new), options);
    }

    /**
     * Transcribes plain audio with {@linkplain SessionOptions#defaults() default options}.
     *
     * @param audio 16-bit little-endian mono PCM at 16 kHz
     * @return the events of the session, finals with their latencies; cold
     */
    public Flux<TimedEvent> transcribe(Flux<ByteBuffer> audio) {
        return transcribe(audio, SessionOptions.defaults());
    }
}
