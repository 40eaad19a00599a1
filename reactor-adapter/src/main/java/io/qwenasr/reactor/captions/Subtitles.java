package io.qwenasr.reactor.captions;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import java.nio.file.Path;
import java.util.Objects;
import java.util.function.Function;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/**
 * Subtitles of what was said: transcripts become cues, cues become the text of a file; each method fits
 * {@link Flux#transform(Function) transform} or {@link Flux#as(Function) as}.
 *
 * <pre>{@code
 * audio.transform(transcriber::transcribe)
 *         .transform(Subtitles::cues)
 *         .transform(Subtitles::webVtt)
 *         .as(Subtitles.writeTo(Path.of("talk.vtt")))
 *         .block();
 * }</pre>
 *
 * <p>All honour demand, emit on the thread of the events unless said otherwise, and keep their state for each
 * subscription apart. Errors pass.
 *
 * @since 0.1.0
 */
public final class Subtitles {

    private Subtitles() {}

    /**
     * Turns transcripts into cues, in the {@linkplain SubtitleStyle#BROADCAST usual style}.
     *
     * @param events the events of a session, or its finals alone
     * @return the cues; see {@link #cues(SubtitleStyle)}
     */
    public static Flux<Cue> cues(Flux<? extends TranscriptionEvent> events) {
        Objects.requireNonNull(events, "events");
        return cues(events, SubtitleStyle.BROADCAST);
    }

    /**
     * Turns transcripts into cues.
     *
     * <p>Each {@link Final} with text becomes one or more cues as soon as it and all utterances before it have ended; cues
     * come in order and do not overlap. Other events only help to order and time them; utterances that failed
     * and audio that was lost have no cue.
     *
     * <p><b>Text</b> is kept as it is, but for white space and control characters, which are one blank. It is split
     * after a sentence if possible, then after a clause, then between words, or between Chinese or Japanese
     * characters where their rules allow it; within a word only if it is wider than a line, and never within what readers
     * take for one character. Right-to-left text stays in its logical order, without marks added.
     *
     * <p><b>Times</b> are those of the utterance; if it has several cues, its time is shared out by their width. A
     * cue that would be too short to read stays up to a second longer than the speech, and the next one begins
     * later if it must; what is said slowly is cut where a sentence or a clause ends, or where it does not fit a line, not
     * word by word. Where an utterance has no times, it follows the one
     * before, for as long as it takes to read; so does one that is told of out of order, for a shorter time.
     *
     * <p>Sessions that are resumed or replaced in time have one timeline. A session after a {@code retry} counts from 0
     * again: where the first position of a session lies more than a second before what has ended already, its 0 is put
     * where the furthest position was that the sessions before had told of.
     *
     * @param style how much text a cue may have, and how long it is to be seen
     * @return an operator for {@code transform}
     */
    public static Function<Flux<? extends TranscriptionEvent>, Flux<Cue>> cues(SubtitleStyle style) {
        Objects.requireNonNull(style, "style");
        return events -> cues(events, style);
    }

    private static Flux<Cue> cues(Flux<? extends TranscriptionEvent> events, SubtitleStyle style) {
        return Flux.defer(() -> {
            OneTimeline timeline = new OneTimeline();
            return Captions.each(Captions.settled(events.map(timeline::onto)), new CueCutter(style)::cues);
        });
    }

    /**
     * Writes SubRip (SRT), to be encoded as UTF-8.
     *
     * <p>The format has no escapes. An arrow {@code -->} in a text, which readers would take for times, becomes
     * {@code →}.
     *
     * @param cues in their order
     * @return a block for each cue, with the blank line that ends it; what there is at any time is a valid file
     */
    public static Flux<String> srt(Flux<Cue> cues) {
        return cues.index((index, cue) -> CueForms.srt(index + 1, cue));
    }

    /**
     * Writes WebVTT, to be encoded as UTF-8; {@code &}, {@code <} and {@code >} are escaped.
     *
     * @param cues in their order
     * @return the header, as soon as it is requested, then a block for each cue, with the blank line that ends it; what
     *     there is at any time is a valid file
     */
    public static Flux<String> webVtt(Flux<Cue> cues) {
        return Flux.concat(Mono.just(CueForms.VTT_HEADER), cues.map(CueForms::vtt));
    }

    /**
     * Writes JSON lines, to be encoded as UTF-8: objects with {@code item_id}, {@code start_ms}, {@code end_ms} and an
     * array of {@code lines}.
     *
     * @param cues in their order
     * @return a line for each cue, with its line feed
     */
    public static Flux<String> jsonLines(Flux<Cue> cues) {
        return cues.map(CueForms::json);
    }

    /**
     * Writes text to a file that can be followed while it grows.
     *
     * <p>What the file had in it is gone once the returned {@link Mono} is subscribed to, and each text is in it before the
     * next one is requested. It is closed however the text ends. Files are written on
     * {@link reactor.core.scheduler.Schedulers#boundedElastic()}.
     *
     * @param file is created or emptied; its folder must be there
     * @return an operator for {@code as}; its {@link Mono} completes when all is written, and fails with the error of the
     *     text or an {@link java.io.UncheckedIOException}
     */
    public static Function<Flux<String>, Mono<Void>> streamTo(Path file) {
        Objects.requireNonNull(file, "file");
        return texts -> TextFile.growing(texts, file);
    }

    /**
     * Writes text to a file that is there only when it is complete.
     *
     * <p>It is written beside it, under its name and {@code .part}, then moved over it at once. If the text fails or is
     * cancelled, that is deleted, and a file of before stays as it was. Threads and errors are those of
     * {@link #streamTo}.
     *
     * @param file is created or replaced; its folder must be there
     * @return an operator for {@code as}; its {@link Mono} completes when the file is there
     */
    public static Function<Flux<String>, Mono<Void>> writeTo(Path file) {
        Objects.requireNonNull(file, "file");
        return texts -> TextFile.whole(texts, file);
    }
}
