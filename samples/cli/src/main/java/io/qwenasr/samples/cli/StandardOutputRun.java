package io.qwenasr.samples.cli;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.SessionReady;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** One input, whose results are printed as they come. */
final class StandardOutputRun {

    private final Shell shell;
    private final Connection connection;
    private final Format format;
    private boolean announced;

    StandardOutputRun(Shell shell, Connection connection, Format format) {
        this.shell = shell;
        this.connection = connection;
        this.format = format;
    }

    ExitCode transcribe(AudioInput input, Transcription transcription) {
        SessionRun run = new SessionRun(shell, SessionRun.PATIENCE);
        AudioClock sent = new AudioClock(AudioInput.FORMAT, System::nanoTime);
        Flux<TranscriptionEvent> events =
                transcription.events(input, shell::say, audio -> sent.watch(run.untilInterrupted(audio)));

        Results results = Results.of(format, shell.out());
        Verdict verdict = new Verdict(shell);
        ResumeNotice resumed = new ResumeNotice(shell::say);
        @Nullable ExitCode interrupted;
        try {
            interrupted = run.handle(events, event -> {
                announce(event);
                resumed.accept(event);
                results.accept(event);
                verdict.accept(event);
            });
        } finally {
            results.end();
        }
        if (interrupted != null) {
            return interrupted;
        }
        if (sent.length().isZero()) {
            throw new CommandFailure(ExitCode.AUDIO_EMPTY, input.name() + " holds no audio");
        }
        return verdict.of(input.name() + ", " + Text.seconds(sent.length()) + " of audio");
    }

    private void announce(TranscriptionEvent event) {
        if (event instanceof SessionReady ready && !announced) {
            announced = true;
            shell.say(connection.description(ready.model()));
        }
    }
}
