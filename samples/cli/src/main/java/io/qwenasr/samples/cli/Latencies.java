package io.qwenasr.samples.cli;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * How long after the words results come.
 *
 * <p>The first partial is held against the instant at which the utterance began to be spoken, its final against
 * the instant at which it ended.
 */
final class Latencies {

    /**
     * The latencies of several utterances.
     *
     * @param count how many there are
     * @param median the middle one, or the mean of the two in the middle
     * @param max the longest
     */
    record Summary(int count, Duration median, Duration max) {

        static @Nullable Summary of(Stream<Duration> latencies) {
            List<Duration> sorted = latencies.sorted().toList();
            if (sorted.isEmpty()) {
                return null;
            }
            int middle = sorted.size() / 2;
            Duration median = sorted.size() % 2 == 1
                    ? sorted.get(middle)
                    : sorted.get(middle - 1).plus(sorted.get(middle)).dividedBy(2);
            return new Summary(sorted.size(), median, sorted.get(sorted.size() - 1));
        }
    }

    private record Ended(Final end, @Nullable Long firstPartial, long arrived) {}

    private final LongSupplier nanoTime;
    private final Map<String, Long> firstPartials = new HashMap<>();
    private final List<Ended> ended = new ArrayList<>();

    Latencies(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
    }

    /** An event arrives at this instant. */
    synchronized void arrived(TranscriptionEvent event) {
        if (event instanceof Partial partial && !partial.preview().isBlank()) {
            firstPartials.putIfAbsent(partial.itemId(), nanoTime.getAsLong());
        } else if (event instanceof Final end) {
            ended.add(new Ended(end, firstPartials.remove(end.itemId()), nanoTime.getAsLong()));
        }
    }

    /** From the beginning of an utterance to its first partial; null without any. */
    synchronized @Nullable Summary firstPartial(AudioClock audio) {
        return summary(audio, item -> item.end.start(), Ended::firstPartial);
    }

    /** From the end of an utterance to its final; null without any. */
    synchronized @Nullable Summary endToFinal(AudioClock audio) {
        return summary(audio, item -> item.end.end(), Ended::arrived);
    }

    private @Nullable Summary summary(
            AudioClock audio, Function<Ended, @Nullable Duration> position, Function<Ended, @Nullable Long> arrival) {
        List<Duration> latencies = new ArrayList<>();
        for (Ended item : ended) {
            Duration spoken = position.apply(item);
            Long arrived = arrival.apply(item);
            Long sent = spoken == null ? null : audio.instantOf(spoken);
            if (arrived != null && sent != null) {
                latencies.add(Duration.ofNanos(arrived - sent));
            }
        }
        return Summary.of(latencies.stream());
    }
}
