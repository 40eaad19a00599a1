package io.qwenasr.reactor.test;

import io.qwenasr.AudioSignal;
import io.qwenasr.ServerError;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Transcriber;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A transcriber for tests: it says what the test says, when the test says it. It recognises nothing.
 *
 * <pre>{@code
 * ScriptedTranscriber.finals("good morning", "and goodbye");   // one for each utterance
 *
 * ScriptedTranscriber.script()
 *         .utterance(Duration.ZERO, Duration.ofSeconds(2), "good morning")
 *         .at(Duration.ofSeconds(3)).fail(new IllegalStateException("the engine is on fire"))
 *         .build();
 *
 * ScriptedTranscriber.script()                                  // results that come late
 *         .onEachUtterance().after(Duration.ofMillis(300)).say(heard -> heard.digest())
 *         .build();
 * }</pre>
 *
 * <p>It can stand in place of any other {@link Transcriber}, and behind a
 * {@link io.qwenasr.reactor.QwenAsrServer} for tests over a socket. It keeps the contract of transcribers unless the
 * script breaks it, as by {@link Builder#hang}:
 *
 * <ul>
 *   <li><b>Sessions</b>: cold; each subscription plays the script from its start. A session begins with
 *       {@link TranscriptionEvent.SessionReady}.
 *   <li><b>Demand</b>: one signal of the audio is requested at a time, and only when all events so far are taken
 *       and one more is asked for.
 *   <li><b>Threads</b>: it emits on the thread that signals audio or requests events, and what is delayed on the
 *       scheduler of the script. Virtual time works: {@code StepVerifier.withVirtualTime}.
 *   <li><b>Utterances</b>: in manual mode each commit with audio before it ends one, and so does the end of the
 *       audio; with server-side detection see {@link Builder#utterancesOf} and
 *       {@link Builder#utterancesBetweenSilence}. They are numbered from 1; their ids are
 *       {@code item_{session}_{number}}. Each gets {@code SpeechStarted} and {@code SpeechStopped} (with
 *       server-side detection), {@code Committed}, and what the script has to say of it.
 *   <li><b>Signals</b>: a clear is answered with {@code Cleared}, a gap with {@code AudioDropped}. A commit or
 *       clear in a session with server-side detection fails it, as everywhere.
 *   <li><b>Completion</b>: once the audio has completed, all delays have passed and all events are taken.
 * </ul>
 *
 * <p>Safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class ScriptedTranscriber implements Transcriber {

    private final List<Script> scripts;
    private final SessionList sessions = new SessionList();

    private ScriptedTranscriber(List<Script> scripts) {
        this.scripts = List.copyOf(scripts);
    }

    /**
     * Returns a transcriber with a text for each utterance; see {@link Builder#finals}.
     *
     * @param transcripts what the utterances of a session read like, in their order
     * @return a new transcriber
     */
    public static ScriptedTranscriber finals(String... transcripts) {
        return script().finals(transcripts).build();
    }

    /**
     * Returns a transcriber whose transcripts follow from the audio alone: see {@link HeardUtterance#digest}.
     *
     * <p>With server-side detection, utterances are found {@linkplain Builder#utterancesBetweenSilence between
     * silence}, so that they are the same wherever a session has begun to listen.
     *
     * @return a new transcriber
     */
    public static ScriptedTranscriber digest() {
        return script().utterancesBetweenSilence()
                .onEachUtterance()
                .say(HeardUtterance::digest)
                .build();
    }

    /**
     * Returns a transcriber that plays another script in each session, as for tests of reconnecting.
     *
     * @param scripts transcribers whose scripts are played one after the other, at least one; the last one is
     *     played in all further sessions
     * @return a new transcriber; its sessions are counted, and told, by it alone
     */
    public static ScriptedTranscriber inTurn(ScriptedTranscriber... scripts) {
        if (scripts.length == 0) {
            throw new IllegalArgumentException("at least one script is needed");
        }
        return new ScriptedTranscriber(Arrays.stream(scripts)
                .flatMap(transcriber -> transcriber.scripts.stream())
                .toList());
    }

    /**
     * Returns a builder.
     *
     * @return a new builder, whose place is the start of the session
     */
    public static Builder script() {
        return new Builder();
    }

    @Override
    public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
        Objects.requireNonNull(audio, "audio");
        Objects.requireNonNull(options, "options");
        return new Flux<>() {
            @Override
            public void subscribe(CoreSubscriber<? super TranscriptionEvent> actual) {
                play(audio, options, actual);
            }
        };
    }

    private void play(
            Publisher<? extends AudioSignal> audio,
            SessionOptions options,
            CoreSubscriber<? super TranscriptionEvent> actual) {
        ScriptedSession record = sessions.begin(
                number -> new ScriptedSession(number, options, scriptOf(number).keepSignals()));
        Script script = scriptOf(record.number());
        new DirectedSession(
                        actual,
                        stage -> new ScriptDirector(script, options, record.number(), stage),
                        record,
                        script.scheduler())
                .start(audio);
    }

    private Script scriptOf(int session) {
        return scripts.get(Math.min(session, scripts.size()) - 1);
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
        return "ScriptedTranscriber[" + sessions.size() + " sessions]";
    }

    /**
     * Writes a script: places, and after each place what happens there, one thing after the other.
     *
     * <p>What comes before the first place happens at the start. Naming a place again goes on with it. Not safe for
     * use by several threads.
     *
     * @since 0.1.0
     */
    public static final class Builder {
        private static final Duration MIN_UTTERANCE = Duration.ofMillis(20);

        /** A position of the audio, the steps of which are still being written. */
        private record Mark(@Nullable Duration time, long bytes, List<Step> steps) {
            Script.Moment toMoment() {
                List<Step> all = List.copyOf(steps);
                return new Script.Moment(time, bytes, director -> director.play(all, null));
            }
        }

        private final Map<Script.Place, List<Step>> places = new LinkedHashMap<>();
        private final List<Mark> marks = new ArrayList<>();
        private final List<Script.Line> lines = new ArrayList<>();
        private boolean ready = true;
        private boolean keepSignals = true;
        private Supplier<Scheduler> scheduler = Schedulers::parallel;
        private boolean betweenSilence;
        private Duration utteranceLength = Duration.ofSeconds(1);
        private @Nullable List<String> finals;

        private Script.@Nullable Place place = new Script.Place(Script.Cue.START, 1);
        private List<Step> steps = new ArrayList<>();

        private Builder() {
            places.put(new Script.Place(Script.Cue.START, 1), steps);
        }

        // ---- the script as a whole

        /**
         * Sets where delays pass.
         *
         * @param scheduler the scheduler; {@link Schedulers#parallel()} by default
         * @return this builder
         */
        public Builder scheduler(Scheduler scheduler) {
            Objects.requireNonNull(scheduler, "scheduler");
            this.scheduler = () -> scheduler;
            return this;
        }

        /**
         * Leaves out the {@link TranscriptionEvent.SessionReady} at the start.
         *
         * @return this builder
         */
        public Builder withoutReady() {
            ready = false;
            return this;
        }

        /**
         * Keeps none of the signals, only their counts, so that long tests need little memory.
         *
         * @return this builder
         */
        public Builder withoutSignals() {
            keepSignals = false;
            return this;
        }

        /**
         * Sets the length of utterances with server-side detection: they follow each other without a pause, the
         * last one ends with the audio. The default is one second.
         *
         * <p>It matters only if the script has {@link #finals}, {@link #onUtterance} or {@link #onEachUtterance};
         * otherwise no utterances are heard. Opus is one utterance, since its length in time is unknown.
         *
         * @param length at least 20 ms
         * @return this builder
         */
        public Builder utterancesOf(Duration length) {
            if (length.compareTo(MIN_UTTERANCE) < 0) {
                throw new IllegalArgumentException("the length of utterances must be at least 20 ms, not " + length);
            }
            utteranceLength = length;
            betweenSilence = false;
            return this;
        }

        /**
         * Finds utterances, with server-side detection, between stretches of digital silence.
         *
         * <p>One begins at the first sample that is not zero, and ends before zeros as long as
         * {@link io.qwenasr.TurnDetection.ServerVad#silence} says. So its audio, and its digest, do not depend on
         * where the session began to listen.
         *
         * @return this builder
         */
        public Builder utterancesBetweenSilence() {
            betweenSilence = true;
            return this;
        }

        /**
         * Says a text for each utterance, one after the other.
         *
         * <p>In manual mode, there must be no more utterances than texts: the session fails at the first one too
         * many. With server-side detection no further utterances are heard, and texts that are left when the audio
         * ends are said then, so that all of them are said however short the audio is.
         *
         * @param transcripts the texts
         * @return this builder
         */
        public Builder finals(String... transcripts) {
            List<String> texts = List.of(transcripts);
            finals = texts;
            places.put(Script.Place.each(Script.Cue.UTTERANCE), List.of(new Step.Say(heard -> textOf(texts, heard))));
            return this;
        }

        private static String textOf(List<String> texts, HeardUtterance heard) {
            if (heard.number() > texts.size()) {
                throw new IllegalStateException(
                        "the script has " + texts.size() + " finals, but this is utterance " + heard.number());
            }
            return texts.get(heard.number() - 1);
        }

        /**
         * Says a whole utterance where it lies in the audio: its start, its words as partials spread evenly, its
         * end and its final. If the audio ends before, so does the utterance, with the whole text.
         *
         * <p>For sessions with server-side detection; others fail at once.
         *
         * @param from where it begins on the audio timeline
         * @param to where it ends, after that
         * @param transcript what it reads like
         * @return this builder
         */
        public Builder utterance(Duration from, Duration to, String transcript) {
            requirePosition(from);
            if (to.compareTo(from) <= 0) {
                throw new IllegalArgumentException("an utterance must end after its start " + from + ", not at " + to);
            }
            lines.add(new Script.Line(from, to, Objects.requireNonNull(transcript, "transcript")));
            return this;
        }

        // ---- places

        /**
         * Goes to the start of the session, after {@code SessionReady}.
         *
         * @return this builder
         */
        public Builder atStart() {
            return goTo(new Script.Place(Script.Cue.START, 1));
        }

        /**
         * Goes to a position of the audio: what follows happens once the audio up to there has come, within a chunk
         * if need be. It does not happen if the audio ends before, nor, by a failure, with Opus.
         *
         * @param position on the audio timeline, gaps included; zero is the first byte
         * @return this builder
         */
        public Builder at(Duration position) {
            return goTo(new Mark(requirePosition(position), 0, new ArrayList<>()));
        }

        /**
         * Goes to a position of the audio, as {@link #at}.
         *
         * @param bytes how many bytes have come, gaps not included
         * @return this builder
         */
        public Builder atBytes(long bytes) {
            if (bytes < 0) {
                throw new IllegalArgumentException("a position must not be negative, but is " + bytes + " bytes");
            }
            return goTo(new Mark(null, bytes, new ArrayList<>()));
        }

        /**
         * Goes to the end of the n-th utterance; in manual mode that is the n-th commit with audio before it.
         *
         * <p>The utterance has been announced by then, so it needs a result: {@link #say} or
         * {@link #failUtterance}. An utterance for which the script has no place reads as empty text.
         *
         * @param number 1 for the first
         * @return this builder
         */
        public Builder onUtterance(int number) {
            return goTo(new Script.Place(Script.Cue.UTTERANCE, requireNumber(number)));
        }

        /**
         * Goes to the end of each utterance that has no {@link #onUtterance} of its own.
         *
         * @return this builder
         */
        public Builder onEachUtterance() {
            return goTo(Script.Place.each(Script.Cue.UTTERANCE));
        }

        /**
         * Goes to the n-th clear, after {@code Cleared}.
         *
         * @param number 1 for the first
         * @return this builder
         */
        public Builder onClear(int number) {
            return goTo(new Script.Place(Script.Cue.CLEAR, requireNumber(number)));
        }

        /**
         * Goes to each clear that has no {@link #onClear} of its own.
         *
         * @return this builder
         */
        public Builder onEachClear() {
            return goTo(Script.Place.each(Script.Cue.CLEAR));
        }

        /**
         * Goes to the n-th gap, after {@code AudioDropped}.
         *
         * @param number 1 for the first
         * @return this builder
         */
        public Builder onGap(int number) {
            return goTo(new Script.Place(Script.Cue.GAP, requireNumber(number)));
        }

        /**
         * Goes to each gap that has no {@link #onGap} of its own.
         *
         * @return this builder
         */
        public Builder onEachGap() {
            return goTo(Script.Place.each(Script.Cue.GAP));
        }

        /**
         * Goes to the end of the audio, after the last utterance.
         *
         * @return this builder
         */
        public Builder atEnd() {
            return goTo(new Script.Place(Script.Cue.END, 1));
        }

        // ---- what happens there

        /**
         * Emits events as they are.
         *
         * @param events the events, in their order
         * @return this builder
         */
        public Builder emit(TranscriptionEvent... events) {
            List<TranscriptionEvent> all = List.of(events);
            return add(scene -> all.forEach(scene::emit));
        }

        /**
         * Gives the utterance its text: a last {@code Partial} and the {@code Final}.
         *
         * <p>At a place that is no utterance's end, or if the utterance has its result, this is a whole utterance
         * of its own, of all audio since the last one.
         *
         * @param transcript the text, may be empty
         * @return this builder
         */
        public Builder say(String transcript) {
            Objects.requireNonNull(transcript, "transcript");
            return add(new Step.Say(heard -> transcript));
        }

        /**
         * Gives the utterance a text that follows from its audio. Each half second of an utterance that the server
         * detects, the function is asked for its text so far, which becomes the stash of a {@code Partial}.
         *
         * @param transcript returns the text; what it throws fails the session
         * @return this builder
         * @throws IllegalStateException at a place that is no utterance's end
         */
        public Builder say(Function<HeardUtterance, String> transcript) {
            Objects.requireNonNull(transcript, "transcript");
            if (place == null || place.cue() != Script.Cue.UTTERANCE) {
                throw new IllegalStateException(
                        "a text that follows from the audio needs an utterance: onUtterance or onEachUtterance first");
            }
            return add(new Step.Say(transcript));
        }

        /**
         * Tells that the utterance could not be transcribed; the session goes on. Elsewhere than at an utterance's
         * end, as for {@link #say(String)}, this is an utterance of its own.
         *
         * @param error what the service says
         * @return this builder
         */
        public Builder failUtterance(ServerError error) {
            Objects.requireNonNull(error, "error");
            return add(scene -> scene.failUtterance(error));
        }

        /**
         * Ends the session with an error, after what was emitted so far, and cancels the audio.
         *
         * @param error the very object that the subscriber gets
         * @return this builder
         */
        public Builder fail(Throwable error) {
            Objects.requireNonNull(error, "error");
            return add(scene -> scene.stage().fail(error));
        }

        /**
         * Completes the session, after what was emitted so far, and cancels the audio. Before the end of the audio
         * this breaks the contract of transcribers.
         *
         * @return this builder
         */
        public Builder complete() {
            return add(scene -> scene.stage().complete());
        }

        /**
         * Keeps the session from completing by itself, though it goes on to take audio.
         *
         * @return this builder
         */
        public Builder hang() {
            return add(scene -> scene.stage().hang());
        }

        /**
         * Requests no more audio from here on.
         *
         * @return this builder
         */
        public Builder stopListening() {
            return add(scene -> scene.stage().stopListening());
        }

        /**
         * Puts off what follows at this place; the audio, and other places, go on meanwhile. At most 1,024 such
         * delays pass at once in a session, then it takes no more audio until one has passed.
         *
         * @param delay not negative
         * @return this builder
         */
        public Builder after(Duration delay) {
            if (delay.isNegative()) {
                throw new IllegalArgumentException("a delay must not be negative, but is " + delay);
            }
            return add(new Step.After(delay));
        }

        /**
         * Returns the transcriber.
         *
         * @return a new transcriber, to which later changes of this builder are unknown
         */
        public ScriptedTranscriber build() {
            Map<Script.Place, List<Step>> copy = new LinkedHashMap<>();
            places.forEach((where, what) -> copy.put(where, List.copyOf(what)));
            return new ScriptedTranscriber(List.of(new Script(
                    ready,
                    keepSignals,
                    scheduler,
                    hearing(),
                    utteranceLength,
                    finals,
                    copy,
                    marks.stream().map(Mark::toMoment).toList(),
                    List.copyOf(lines))));
        }

        private Script.Hearing hearing() {
            boolean listens = places.keySet().stream().anyMatch(where -> where.cue() == Script.Cue.UTTERANCE);
            if (!listens) {
                return Script.Hearing.NOTHING;
            }
            return betweenSilence ? Script.Hearing.BETWEEN_SILENCE : Script.Hearing.EQUAL_LENGTHS;
        }

        // ---- small parts

        private Builder goTo(Script.Place next) {
            place = next;
            steps = places.compute(
                    next, (where, before) -> before == null ? new ArrayList<>() : new ArrayList<>(before));
            return this;
        }

        private Builder goTo(Mark mark) {
            place = null;
            steps = mark.steps();
            marks.add(mark);
            return this;
        }

        private Builder add(Step step) {
            steps.add(step);
            return this;
        }

        private static Duration requirePosition(Duration position) {
            if (position.isNegative()) {
                throw new IllegalArgumentException("a position must not be negative, but is " + position);
            }
            return position;
        }

        private static int requireNumber(int number) {
            if (number < 1) {
                throw new IllegalArgumentException("the first is number 1, not " + number);
            }
            return number;
        }
    }
}
