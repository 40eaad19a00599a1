package io.qwenasr.reactor.recording;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Transcriber;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * Records the sessions of another transcriber: each one to a file of its own, in a folder.
 *
 * <p>It changes nothing about a session: signals, events, demand, threads, errors and cancellation pass as they are.
 * A recording has what went in and what came out with its times, the options, and how it ended, but never an API key,
 * which no transcriber shows it. The audio itself is left out unless {@link Builder#withAudio asked for}; the
 * transcripts are always there. Files are made readable to their owner only, where the file system knows owners.
 *
 * <ul>
 *   <li><b>Threads</b>: files are written on {@link Schedulers#boundedElastic()}, never on the threads of the session.
 *   <li><b>A slow or broken disk</b> never holds up or fails a session. If more waits for it than
 *       {@link Builder#maxWaitingBytes}, or the file becomes longer than {@link Builder#maxFileBytes}, the recording
 *       ends there and says so in its last line; if nothing can be written, the file ends without one. Both are
 *       {@link Recording#truncation}s, and are logged.
 *   <li><b>Names</b>: {@code asr-{UTC time}-{number}.jsonl}; existing files are never touched.
 * </ul>
 *
 * <p>Safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class SessionRecorder implements Transcriber {

    private static final DateTimeFormatter NAME =
            DateTimeFormatter.ofPattern("'asr-'uuuuMMdd'T'HHmmssSSS'Z'").withZone(ZoneOffset.UTC);

    private final Transcriber transcriber;
    private final Path folder;
    private final boolean audio;
    private final RecordingWriter.Limits limits;
    private final Supplier<Scheduler> clock;
    private final Consumer<Path> whenWritten;
    private final AtomicLong sessions = new AtomicLong();
    private final Set<RecordingWriter> open = ConcurrentHashMap.newKeySet();

    private SessionRecorder(Builder builder) {
        this.transcriber = builder.transcriber;
        this.folder = builder.folder;
        this.audio = builder.audio;
        this.limits = new RecordingWriter.Limits(builder.maxWaitingBytes, builder.maxFileBytes);
        this.clock = builder.clock;
        this.whenWritten = builder.whenWritten;
    }

    /**
     * Returns a builder.
     *
     * @param transcriber whose sessions are recorded
     * @param folder where the files go; made if it is not there
     * @return a new builder
     */
    public static Builder builder(Transcriber transcriber, Path folder) {
        return new Builder(transcriber, folder);
    }

    @Override
    public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
        Objects.requireNonNull(audio, "audio");
        Objects.requireNonNull(options, "options");
        return Flux.defer(() -> {
            SessionTape tape = begin(options);
            Flux<AudioSignal> heard = Flux.<AudioSignal>from(audio)
                    .doOnNext(tape::heard)
                    .doOnComplete(() -> tape.audioEnded(null))
                    .doOnError(tape::audioEnded);
            // Deferred once more, so that what a transcriber throws is recorded, too.
            return Flux.defer(() -> transcriber.transcribe(heard, options))
                    .doOnNext(tape::told)
                    .doOnComplete(tape::completed)
                    .doOnError(tape::failed)
                    .doOnCancel(tape::cancelled);
        });
    }

    private SessionTape begin(SessionOptions options) {
        Instant started = Instant.now();
        RecordingWriter writer = new RecordingWriter(
                folder,
                NAME.format(started) + "-" + sessions.incrementAndGet(),
                started,
                options,
                audio,
                limits,
                Schedulers.boundedElastic(),
                whenWritten);
        open.add(writer);
        writer.written().subscribe(null, null, () -> open.remove(writer));
        return new SessionTape(writer, audio, clock.get());
    }

    /**
     * Waits for the disk, as before the end of a program.
     *
     * @return completes once all sessions that are open now have ended, and all recordings are written
     */
    public Mono<Void> written() {
        return Flux.defer(() -> Flux.fromIterable(open))
                .flatMap(RecordingWriter::written, Integer.MAX_VALUE)
                .then();
    }

    /**
     * Collects the settings of a recorder. Not safe for use by several threads.
     *
     * @since 0.1.0
     */
    public static final class Builder {
        private static final long MIN_BYTES = 4_096;

        private final Transcriber transcriber;
        private final Path folder;
        private boolean audio;
        private long maxWaitingBytes = 8 << 20;
        private long maxFileBytes = 1L << 30;
        private Supplier<Scheduler> clock = Schedulers::parallel;
        private Consumer<Path> whenWritten = file -> {};

        private Builder(Transcriber transcriber, Path folder) {
            this.transcriber = Objects.requireNonNull(transcriber, "transcriber");
            this.folder = Objects.requireNonNull(folder, "folder");
        }

        /**
         * Records the audio, too: as base64, so 1.4 times its size, 2.6 MB for a minute at 16 kHz.
         *
         * @return this builder
         */
        public Builder withAudio() {
            audio = true;
            return this;
        }

        /**
         * Sets how much of one session may wait for the disk.
         *
         * @param bytes at least 4,096; 8 MiB by default
         * @return this builder
         */
        public Builder maxWaitingBytes(long bytes) {
            this.maxWaitingBytes = requireAtLeast(bytes, "maxWaitingBytes");
            return this;
        }

        /**
         * Sets how long a file may become.
         *
         * @param bytes at least 4,096; 1 GiB by default. The last line comes on top of it
         * @return this builder
         */
        public Builder maxFileBytes(long bytes) {
            this.maxFileBytes = requireAtLeast(bytes, "maxFileBytes");
            return this;
        }

        private static long requireAtLeast(long bytes, String name) {
            if (bytes < MIN_BYTES) {
                throw new IllegalArgumentException(name + " must be at least 4096, not " + bytes);
            }
            return bytes;
        }

        /**
         * Sets the clock of the times in the recording.
         *
         * @param clock a scheduler, of which only the time is asked; {@link Schedulers#parallel()} by default
         * @return this builder
         */
        public Builder clock(Scheduler clock) {
            Objects.requireNonNull(clock, "clock");
            this.clock = () -> clock;
            return this;
        }

        /**
         * Sets whom to tell of each file that is complete.
         *
         * @param whenWritten called with the file where blocking is allowed, once its last line is written
         * @return this builder
         */
        public Builder whenWritten(Consumer<Path> whenWritten) {
            this.whenWritten = Objects.requireNonNull(whenWritten, "whenWritten");
            return this;
        }

        /**
         * Returns the recorder.
         *
         * @return a new recorder
         */
        public SessionRecorder build() {
            return new SessionRecorder(this);
        }
    }
}
