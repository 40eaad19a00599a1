package io.qwenasr.reactor.test;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import reactor.core.scheduler.Scheduler;

/**
 * What a {@link ScriptedTranscriber} is to do. Immutable.
 *
 * @param ready whether a session says that it is ready
 * @param keepSignals whether a session keeps what it is given
 * @param scheduler where delays pass; asked when the first is needed
 * @param hearing how utterances are found with server-side detection
 * @param utteranceLength how long they are where they are of equal length
 * @param finals what the utterances read like, one after the other; null where steps say it
 * @param places what happens on signals
 * @param moments what happens at positions of the audio
 * @param lines utterances at positions of the audio
 */
record Script(
        boolean ready,
        boolean keepSignals,
        Supplier<Scheduler> scheduler,
        Hearing hearing,
        Duration utteranceLength,
        @Nullable List<String> finals,
        Map<Place, List<Step>> places,
        List<Moment> moments,
        List<Line> lines) {

    static final int EACH = 0;

    private static final List<Step> EMPTY_TRANSCRIPT = List.of(new Step.Say(heard -> ""));

    /** How utterances are found with server-side detection. */
    enum Hearing {
        NOTHING,
        EQUAL_LENGTHS,
        BETWEEN_SILENCE
    }

    /** What a step waits for. */
    enum Cue {
        START,
        UTTERANCE,
        CLEAR,
        GAP,
        END
    }

    /** The n-th occurrence of something, or each. */
    record Place(Cue cue, int number) {
        static Place each(Cue cue) {
            return new Place(cue, EACH);
        }
    }

    /** Something to do when the audio reaches a position: a time, or else a number of bytes. */
    record Moment(@Nullable Duration time, long bytes, Happening happening) {}

    /** What happens at a position of the audio. */
    @FunctionalInterface
    interface Happening {
        void happen(ScriptDirector director);
    }

    /** A whole utterance at its place of the audio. */
    record Line(Duration from, Duration to, String transcript) {

        /** Returns what happens when, the words spread evenly. */
        List<Moment> moments() {
            List<Moment> moments = new ArrayList<>();
            moments.add(new Moment(from, 0, director -> director.beginLine(this)));
            String[] words = transcript.isBlank() ? new String[0] : transcript.split("(?<=\\S)(?=\\s)", -1);
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < words.length; i++) {
                String before = text.toString();
                String word = words[i];
                Duration at = from.plus(to.minus(from).multipliedBy(i + 1).dividedBy(words.length + 1));
                moments.add(new Moment(at, 0, director -> director.continueLine(this, before, word)));
                text.append(word);
            }
            moments.add(new Moment(to, 0, director -> director.endLine(this, to)));
            return moments;
        }
    }

    /** Returns the moments named as times, lines included, in their order. */
    List<Moment> times() {
        List<Moment> times = new ArrayList<>();
        lines.forEach(line -> times.addAll(line.moments()));
        moments.stream().filter(moment -> moment.time() != null).forEach(times::add);
        times.sort(Comparator.comparing(Script::timeOf));
        return times;
    }

    /** Returns the moments named as bytes, in their order. */
    List<Moment> bytes() {
        return moments.stream()
                .filter(moment -> moment.time() == null)
                .sorted(Comparator.comparingLong(Moment::bytes))
                .toList();
    }

    private static Duration timeOf(Moment moment) {
        Duration time = moment.time();
        return time == null ? Duration.ZERO : time;
    }

    /** Returns what to do at the n-th occurrence of something. */
    List<Step> steps(Cue cue, int number) {
        List<Step> steps = places.get(new Place(cue, number));
        if (steps == null) {
            steps = places.get(Place.each(cue));
        }
        if (steps == null) {
            // An utterance that the script does not know still needs a result.
            steps = cue == Cue.UTTERANCE ? EMPTY_TRANSCRIPT : List.of();
        }
        return steps;
    }
}
