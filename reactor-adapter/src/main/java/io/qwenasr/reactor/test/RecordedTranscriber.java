package io.qwenasr.reactor.test;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.recording.Recording;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BiFunction;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A transcriber that plays a {@link Recording} again, so that what happened once becomes a test. It recognises nothing.
 *
 * <pre>{@code
 * Recording incident = Recording.read(Path.of("asr-20261122T101530123Z-7.jsonl"));
 * StepVerifier.withVirtualTime(() -> pipeline(RecordedTranscriber.inTime(incident), incident.signals()))
 *         .expectSubscription()
 *         .thenAwait(incident.duration())
 *         …
 * }</pre>
 *
 * <p>The events are those of the recording, whatever the audio; {@link Recording#signals} is the audio that fits. Each
 * subscription plays it from the start:
 *
 * <ul>
 *   <li><b>Demand</b>: as for {@link ScriptedTranscriber}. Events whose time has come wait for demand.
 *   <li><b>End</b>: if the recorded session completed, this one does after its last event, once its own audio has
 *       completed; so the contract of transcribers is kept. If it failed, so does this one, with an equal error: those
 *       of this library as they were, others as
 *       {@link io.qwenasr.reactor.recording.RecordedFailureException}. If it was cancelled, or the recording is
 *       truncated, this one fails with a {@code RecordedFailureException} that says so: it never completes with
 *       anything missing.
 *   <li><b>An error of the audio</b> ends it with the same error.
 *   <li><b>Threads</b>: as for {@link ScriptedTranscriber}.
 * </ul>
 *
 * <p>Safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class RecordedTranscriber implements Transcriber {

    private final BiFunction<Recording, Stage, Director> directors;
    private final Recording recording;
    private final Supplier<Scheduler> scheduler;
    private final SessionList sessions = new SessionList();

    private RecordedTranscriber(
            Recording recording, Supplier<Scheduler> scheduler, BiFunction<Recording, Stage, Director> directors) {
        this.recording = Objects.requireNonNull(recording, "recording");
        this.scheduler = scheduler;
        this.directors = directors;
    }

    /**
     * Plays a recording with its own timing.
     *
     * @param recording what to play
     * @return a transcriber that emits each event as long after the subscription as it was recorded
     */
    public static RecordedTranscriber inTime(Recording recording) {
        return inTime(recording, 1);
    }

    /**
     * Plays a recording faster or slower.
     *
     * @param recording what to play
     * @param speed how many times as fast, 0.01 to 1000
     * @return a transcriber that emits each event at its recorded time divided by the speed
     */
    public static RecordedTranscriber inTime(Recording recording, double speed) {
        if (!(speed >= 0.01 && speed <= 1_000)) {
            throw new IllegalArgumentException("speed must be 0.01 to 1000, not " + speed);
        }
        return new RecordedTranscriber(
                recording, Schedulers::parallel, (played, stage) -> new TimedReplay(played, speed, stage));
    }

    /**
     * Plays a recording as fast as audio comes.
     *
     * @param recording what to play
     * @return a transcriber that emits each event once as many bytes, commits, clears and gaps have come as had when it
     *     was recorded; what is left when the audio completes comes then
     */
    public static RecordedTranscriber byAudio(Recording recording) {
        return new RecordedTranscriber(recording, Schedulers::parallel, AudioReplay::new);
    }

    /**
     * Sets where the time passes.
     *
     * @param other the scheduler; {@link Schedulers#parallel()} by default
     * @return a transcriber of the same recording, with no sessions yet
     */
    public RecordedTranscriber on(Scheduler other) {
        Objects.requireNonNull(other, "other");
        return new RecordedTranscriber(recording, () -> other, directors);
    }

    @Override
    public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
        Objects.requireNonNull(audio, "audio");
        Objects.requireNonNull(options, "options");
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super TranscriptionEvent> actual) {
                ScriptedSession record = sessions.begin(number -> new ScriptedSession(number, options, true));
                new DirectedSession(actual, stage -> directors.apply(recording, stage), record, scheduler).start(audio);
            }
        };
    }

    /**
     * Returns the sessions that have begun, in their order.
     *
     * @return one for each subscription so far
     */
    public List<ScriptedSession> sessions() {
        return sessions.all();
    }

    /**
     * Returns one session.
     *
     * @param number 1 for the first
     * @return the session
     * @throws IllegalStateException if it has not begun
     */
    public ScriptedSession session(int number) {
        return sessions.get(number);
    }

    @Override
    public String toString() {
        return "RecordedTranscriber[" + recording + ", " + sessions.size() + " sessions]";
    }

    /** The time of an entry in a replay. */
    static Duration scaled(Duration at, double speed) {
        return speed == 1 ? at : Duration.ofNanos((long) (at.toNanos() / speed));
    }
}
