package io.qwenasr.samples.cli.report;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.observation.Latencies;
import io.qwenasr.reactor.observation.TimedEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * One HTML page about any number of sessions, complete in itself: it loads nothing.
 *
 * <p>Wrap the transcriber of each session, run it, then write the page; at any time, also when a session has
 * failed. May be used by several threads. Memory grows with the transcripts and, by some
 * 8 KB, with each session, not with the audio.
 *
 * @since 0.1.0
 */
public final class HtmlReport {

    private final InstantSource clock;
    private final LongSupplier nanoTime;
    private final Function<Throwable, String> words;
    private final List<Section> sections = new CopyOnWriteArrayList<>();

    /**
     * Creates an empty report.
     *
     * @param clock tells when a session was opened
     * @param nanoTime a monotonic clock, such as {@link System#nanoTime}
     * @param words what an error is called, in a line without secrets
     */
    public HtmlReport(InstantSource clock, LongSupplier nanoTime, Function<Throwable, String> words) {
        this.clock = Objects.requireNonNull(clock, "clock");
        this.nanoTime = Objects.requireNonNull(nanoTime, "nanoTime");
        this.words = Objects.requireNonNull(words, "words");
    }

    /**
     * Adds a section for a session.
     *
     * @param name what is transcribed, for people
     * @param facts what else to tell of it, by name; a "Model" among them goes before that which the service names
     * @return the section, which tells of no session until a transcriber of it is used
     */
    public Section section(String name, Map<String, String> facts) {
        Section section = new Section(Objects.requireNonNull(name, "name"), new LinkedHashMap<>(facts));
        sections.add(section);
        return section;
    }

    /**
     * Tells whether there is nothing to tell.
     *
     * @return true as long as there is no section
     */
    public boolean isEmpty() {
        return sections.isEmpty();
    }

    /**
     * Returns the page.
     *
     * @return HTML, to be encoded as UTF-8
     */
    public String html() {
        List<SessionStory> stories = new ArrayList<>();
        sections.forEach(section -> stories.add(section.notes.story()));
        return ReportPage.of(stories, clock.instant());
    }

    /**
     * Writes the page beside the file, then moves it there, so that the file is never half a page.
     *
     * @param file is created or replaced; its folder must be there
     * @throws IOException if it cannot be written
     */
    public void writeTo(Path file) throws IOException {
        Path target = file.toAbsolutePath();
        Path part = target.resolveSibling(target.getFileName() + ".part");
        try {
            Files.writeString(part, html());
            Files.move(part, target, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /**
     * What the page tells of one session.
     *
     * @since 0.1.0
     */
    public final class Section {
        private final String name;
        private final Map<String, String> facts;
        private volatile SessionNotes notes;

        private Section(String name, Map<String, String> facts) {
            this.name = name;
            this.facts = facts;
            this.notes = notes(AudioFormat.PCM_16K);
        }

        private SessionNotes notes(AudioFormat format) {
            return new SessionNotes(name, facts, format, words, nanoTime);
        }

        /**
         * Watches a session.
         *
         * @param transcriber opens it
         * @return one that does the same and is told of here; if it is subscribed to again, that session takes the
         *     place of the one before
         */
        public Transcriber watch(Transcriber transcriber) {
            Objects.requireNonNull(transcriber, "transcriber");
            return (audio, options) -> Flux.defer(() -> watched(transcriber, audio, options));
        }

        private Flux<TranscriptionEvent> watched(
                Transcriber transcriber, Publisher<? extends AudioSignal> audio, SessionOptions options) {
            SessionNotes session = notes(options.format());
            notes = session;
            session.opens(clock.instant());
            Flux<AudioSignal> heard = Flux.<AudioSignal>from(audio).doOnNext(session::hears);
            return Latencies.of(transcriber)
                    .transcribe(heard, options)
                    .doOnNext(session::reads)
                    .doOnError(session::fails)
                    .doOnComplete(session::completes)
                    .doOnCancel(session::isCancelled)
                    .map(TimedEvent::event);
        }

        /**
         * Tells that there is no session, or that what was made of it failed.
         *
         * @param error why; only the first one counts
         */
        public void failed(Throwable error) {
            notes.fails(Objects.requireNonNull(error, "error"));
        }
    }
}
