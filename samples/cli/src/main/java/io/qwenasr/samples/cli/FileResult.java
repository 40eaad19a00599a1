package io.qwenasr.samples.cli;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.samples.cli.BatchPlan.Job;
import java.util.function.Consumer;
import reactor.core.publisher.Mono;

/** What is known of one file of a batch so far. */
final class FileResult {

    private final Job job;
    private final FileProgress progress;
    private final Consumer<String> say;
    private final ResumeNotice resumed;
    private final Verdict verdict;
    private int utterances;

    FileResult(Job job, FileProgress progress, Consumer<String> say) {
        this.job = job;
        this.progress = progress;
        this.say = say;
        this.resumed = new ResumeNotice(say);
        this.verdict = new Verdict(say);
    }

    void say(String notice) {
        say.accept(notice);
    }

    void accept(TranscriptionEvent event) {
        resumed.accept(event);
        verdict.accept(event);
        if (event instanceof Final end && !end.transcript().isBlank()) {
            utterances++;
        }
    }

    /** Fails if nothing was sent. */
    Mono<String> requireAudio() {
        return Mono.defer(() -> progress.position().isZero()
                ? Mono.error(new CommandFailure(ExitCode.AUDIO_EMPTY, "it holds no audio"))
                : Mono.empty());
    }

    /** Whether the transcript has a hole. */
    boolean isPartial() {
        return verdict.isPartial();
    }

    /** Of a file whose output is written. */
    Outcome outcome() {
        if (isPartial()) {
            return new Outcome(
                    job.input(), ExitCode.PARTLY_FAILED, verdict.missing() + "; the rest is in " + job.incomplete());
        }
        Double speed = progress.speed();
        String found = utterances == 0 ? "no speech" : utterances + (utterances == 1 ? " utterance" : " utterances");
        return Outcome.done(
                job.input(),
                Text.seconds(progress.position()) + " at "
                        + ProgressBar.speed(speed).strip() + ", " + found);
    }
}
