package io.qwenasr.reactor.captions;

import io.qwenasr.TranscriptionEvent;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Live captions of the events of a session; each method fits {@link Flux#transform(Function) transform}.
 *
 * <pre>{@code
 * audio.transform(transcriber::transcribe)
 *         .transform(Captions.localAgreement(2))
 *         .transform(Captions::boards)
 *         .subscribe(board -> …);
 * }</pre>
 *
 * <p>Operators from events to events, {@link #rewrite rewrite}, {@link #redact redact}, {@link #holdBack holdBack} and
 * {@link #localAgreement localAgreement}, change the texts of partials and finals and nothing else, one event for each
 * event; they can be put one after the other, and before everything that takes events.
 *
 * <p>All honour demand, emit on the thread of the events, add no queue of their own, and keep their state for each
 * subscription apart. Errors of the events pass, after what was waiting; what a function throws cancels the session and is the error of the flux.
 * For a viewer who may be slow, put {@link io.qwenasr.reactor.Transcripts#latestPartial(Flux) latestPartial} before them.
 *
 * @since 0.1.0
 */
public final class Captions {

    private static final int MOST_TOKENS = 100;
    private static final int LEAST_PARTIALS = 2;

    private Captions() {}

    /**
     * Folds events into captions.
     *
     * @param events the events of a session
     * @return all captions after each event that changed them, and, as the last one, before an error too, a board on which
     *     all that has ended is settled and nothing is current
     */
    public static Flux<CaptionBoard> boards(Flux<? extends TranscriptionEvent> events) {
        Objects.requireNonNull(events, "events");
        return Flux.defer(() -> {
            Fold fold = new Fold();
            return events.<CaptionBoard>handle((event, sink) -> {
                        if (fold.accept(event)) {
                            sink.next(fold.board);
                        }
                    })
                    .concatWith(Mono.fromSupplier(fold::end))
                    .onErrorResume(error -> Flux.concat(Mono.fromSupplier(fold::end), Mono.error(error)));
        });
    }

    /**
     * Keeps the captions that are done, in the order of speech.
     *
     * <p>A caption waits for those that were announced before it, if utterances overlap, up to a bound: see
     * {@link CaptionBoard}. One event more than needed may be requested. Before an error, those come that still waited.
     *
     * @param events the events of a session
     * @return each caption with an outcome, once: with the transcript, a failure, or a loss of audio
     */
    public static Flux<Caption> settled(Flux<? extends TranscriptionEvent> events) {
        return each(boards(events), CaptionBoard::settled);
    }

    /**
     * Changes what is read, in partials and finals alike.
     *
     * <p>What the function makes of the beginning of a text should be how what it makes of the whole text begins,
     * or captions flicker. Of a partial, confirmed is as much as it makes of the confirmed part alone and of the whole
     * alike.
     *
     * @param function what to make of a text; called for each event, on its thread; must not return null
     * @return an operator for {@code transform}
     */
    public static Function<Flux<TranscriptionEvent>, Flux<TranscriptionEvent>> rewrite(UnaryOperator<String> function) {
        Objects.requireNonNull(function, "function");
        return by(() -> new Rewrite(function));
    }

    /**
     * Replaces what matches, in partials and finals alike, and never lets the beginning of it through.
     *
     * <p>In a partial, the end of the text may be the beginning of a match that is not complete: the first digits of
     * the number of a card. That is replaced, too, for as long as it may become one, and is tentative, so that nothing
     * confirmed has to be taken back if it does not; punctuation at the end of a partial, which mostly does not stay,
     * changes nothing about that. The replacement therefore gets matches and beginnings of matches, with what follows
     * those. What must be found must be within one utterance.
     *
     * <p>Services write numbers in many ways: a pattern should allow for points and commas between digits, and for digits of
     * other scripts, as {@code (?U)\d} does.
     *
     * <p>{@link TranscriptionEvent.Unknown} events lose their JSON, which may have texts in it; it is {@code {}} after.
     *
     * <p>The pattern should not take long where it does not match: it is tried at each place of each text. A pattern
     * that may match anything, such as {@code .*}, holds all of a partial back.
     *
     * @param pattern what to replace
     * @param replacement what to put in the place of what was found; must not return null. Best keeps the length
     * @return an operator for {@code transform}
     */
    public static Function<Flux<TranscriptionEvent>, Flux<TranscriptionEvent>> redact(
            Pattern pattern, UnaryOperator<String> replacement) {
        Objects.requireNonNull(pattern, "pattern");
        Objects.requireNonNull(replacement, "replacement");
        return by(() -> new Redaction(pattern, replacement));
    }

    /**
     * Shows the tentative text of partials without its last tokens, which change most.
     *
     * <p>Known as <i>mask-k</i> (Arivazhagan et al., 2020). A token is a word with its punctuation, or one Chinese or
     * Japanese character. Confirmed text is shown whole, and so are finals.
     *
     * @param tokens how many, 1 to 100; with 1 a full stop that comes and goes is no longer seen
     * @return an operator for {@code transform}
     * @throws IllegalArgumentException if {@code tokens} is out of range
     */
    public static Function<Flux<TranscriptionEvent>, Flux<TranscriptionEvent>> holdBack(int tokens) {
        requireRange("tokens", tokens, 1);
        return by(() -> Stabiliser.holdingBack(tokens));
    }

    /**
     * Shows of the tentative text of partials only the tokens that several partials in a row agree on.
     *
     * <p>Known as <i>local agreement</i> (Liu et al., <i>Low-Latency Sequence-to-Sequence Speech Recognition and
     * Translation by Partial Hypothesis Selection</i>, 2020). Tokens are those of {@link #holdBack}. Confirmed text is
     * shown whole, and so are finals.
     *
     * @param partials how many partials of an utterance must agree, 2 to 100
     * @return an operator for {@code transform}
     * @throws IllegalArgumentException if {@code partials} is out of range
     */
    public static Function<Flux<TranscriptionEvent>, Flux<TranscriptionEvent>> localAgreement(int partials) {
        requireRange("partials", partials, LEAST_PARTIALS);
        return by(() -> Stabiliser.agreeing(partials));
    }

    /** Unlike {@link Flux#concatMapIterable}, drops nothing that came before an error. */
    static <T, R> Flux<R> each(Flux<T> source, Function<T, List<R>> function) {
        return source.concatMapDelayError(value -> Flux.fromIterable(function.apply(value)), true, 1);
    }

    private static void requireRange(String name, int value, int least) {
        if (value < least || value > MOST_TOKENS) {
            throw new IllegalArgumentException(name + " must be " + least + " to " + MOST_TOKENS + ", not " + value);
        }
    }

    private static Function<Flux<TranscriptionEvent>, Flux<TranscriptionEvent>> by(Supplier<TextRule> rules) {
        return events -> Flux.defer(() -> events.map(rules.get()::apply));
    }

    /** The state of one subscription. */
    private static final class Fold {
        private CaptionBoard board = CaptionBoard.empty();

        boolean accept(TranscriptionEvent event) {
            CaptionBoard before = board;
            board = before.accept(event);
            return board != before;
        }

        CaptionBoard end() {
            return board.end();
        }
    }
}
