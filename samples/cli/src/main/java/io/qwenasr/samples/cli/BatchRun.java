package io.qwenasr.samples.cli;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.reactor.captions.Subtitles;
import io.qwenasr.samples.cli.BatchPlan.Job;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/**
 * Several files at once, in sessions of one client. An output is under its name only once it is whole.
 *
 * <p>The first interrupt ends what runs, without outputs, and begins nothing more. So does a key that is refused, which no
 * other file can be transcribed with.
 */
final class BatchRun {

    private static final Logger LOG = LoggerFactory.getLogger(BatchRun.class);

    private final Shell shell;
    private final Connection connection;
    private final Transcription transcription;
    private final Format format;
    private final BatchTally tally;
    private final Progress progress;
    private final LongSupplier nanoTime;
    private final AtomicBoolean announced = new AtomicBoolean();
    private final Sinks.Empty<Void> hopeless = Sinks.empty();

    BatchRun(
            Shell shell,
            Connection connection,
            Transcription transcription,
            Format format,
            BatchTally tally,
            Progress progress,
            LongSupplier nanoTime) {
        this.shell = shell;
        this.connection = connection;
        this.transcription = transcription;
        this.format = format;
        this.tally = tally;
        this.progress = progress;
        this.nanoTime = nanoTime;
    }

    /** Blocks until all have ended. */
    ExitCode run(List<Job> jobs, int atOnce) {
        Mono<Void> stop = Mono.firstWithSignal(shell.interrupts().orderlyEnd(), hopeless.asMono());
        List<Outcome> outcomes = Objects.requireNonNull(Flux.fromIterable(jobs)
                .takeUntilOther(stop)
                .flatMap(job -> transcribe(job, stop), atOnce)
                .collectList()
                .block());
        @Nullable ExitCode interrupted = shell.interrupts().received();
        if (interrupted != null) {
            return interrupted;
        }
        if (outcomes.stream().anyMatch(outcome -> outcome.code() == ExitCode.KEY_REJECTED)) {
            return ExitCode.KEY_REJECTED;
        }
        return tally.hasFailures() ? ExitCode.FILES_FAILED : ExitCode.OK;
    }

    private Mono<Outcome> transcribe(Job job, Mono<Void> stop) {
        return Mono.defer(() -> {
            AudioInput input = AudioInput.file(job.input());
            FileProgress file = new FileProgress(input.name(), nanoTime);
            progress.begins(file);
            FileResult result = new FileResult(job, file, line -> progress.say(job.input() + ": " + line));
            // As an error, since a file whose text just ends would be taken for whole.
            Mono<Object> stopped = stop.then(Mono.error(Stopped::new));
            Flux<String> text = readLength(input, job, file)
                    .thenMany(format.write(events(input, file, result)).concatWith(result.requireAudio()))
                    .takeUntilOther(stopped);
            return write(text, job, result)
                    .then(Mono.fromSupplier(result::outcome))
                    .onErrorResume(error -> Mono.just(outcome(job, error)))
                    .doOnNext(outcome -> end(file, outcome));
        });
    }

    /** Leaves what is not whole under a name that says so, where it does not keep the file from being done again. */
    private static Mono<Void> write(Flux<String> text, Job job, FileResult result) {
        return Mono.usingWhen(
                Mono.just(job),
                written -> text.as(Subtitles.streamTo(job.part())).then(blocking(() -> job.keep(!result.isPartial()))),
                written -> blocking(job::clean));
    }

    private static Mono<Void> blocking(FileAction action) {
        return Mono.<Void>fromRunnable(() -> {
                    try {
                        action.run();
                    } catch (IOException e) {
                        throw new UncheckedIOException(e);
                    }
                })
                .subscribeOn(Schedulers.boundedElastic());
    }

    private interface FileAction {
        void run() throws IOException;
    }

    private Flux<TranscriptionEvent> events(AudioInput input, FileProgress file, FileResult result) {
        return Flux.defer(() -> transcription.events(
                        input,
                        result::say,
                        audio -> audio.doOnNext(chunk -> file.sends(chunk.remaining()))
                                .doOnComplete(file::allSent)))
                .doOnNext(event -> {
                    announce(event);
                    result.accept(event);
                });
    }

    /** Not of a pipe: what is read of it now would be missing later. */
    private static Mono<Void> readLength(AudioInput input, Job job, FileProgress file) {
        return input.rereadable() ? blocking(() -> file.length(AudioLength.of(job.input()))) : Mono.empty();
    }

    private void announce(TranscriptionEvent event) {
        if (event instanceof SessionReady ready && announced.compareAndSet(false, true)) {
            progress.say(connection.description(ready.model()));
        }
    }

    private void end(FileProgress file, Outcome outcome) {
        if (outcome.code() == ExitCode.KEY_REJECTED) {
            hopeless.tryEmitEmpty();
        }
        String line = tally.add(outcome);
        progress.ends(file, tally.counts(), line);
    }

    private static Outcome outcome(Job job, Throwable error) {
        if (error instanceof Stopped) {
            return Outcome.stopped(job.input());
        }
        LOG.debug("{} failed", job.input(), error);
        return Outcome.failed(
                job.input(),
                error instanceof UncheckedIOException io
                        ? new ErrorReport(
                                ExitCode.OUTPUT_FAILED,
                                "cannot write " + job.output() + ": " + ErrorReport.fileReasonOf(io))
                        : ErrorReport.of(error));
    }

    /** No error of the file. */
    private static final class Stopped extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }
}
