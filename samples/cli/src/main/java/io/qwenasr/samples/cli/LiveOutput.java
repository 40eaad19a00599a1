package io.qwenasr.samples.cli;

import io.qwenasr.TranscriptionEvent;
import java.time.Duration;
import java.util.function.Supplier;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/** Where captions go while somebody speaks. */
interface LiveOutput extends AutoCloseable {

    void accept(TranscriptionEvent event);

    /** What is no caption; may come on any thread. */
    void say(String message);

    /** Leaves what is final, however the session ended. */
    @Override
    void close();

    /**
     * On a terminal captions that change, with a line about how things are; else a line for each final.
     *
     * @param scheduler may be blocked by a terminal that is slow
     */
    static LiveOutput of(Shell shell, Supplier<String> status, Scheduler scheduler) {
        return shell.terminal().isOutput() ? new OnTerminal(shell, status, scheduler) : new AsLines(shell);
    }

    /** Draws at least so often that a terminal that was resized is put in order at once. */
    final class OnTerminal implements LiveOutput {

        private static final Duration PERIOD = Duration.ofMillis(200);

        private final Shell shell;
        private final CaptionView view;
        private final Disposable ticking;

        OnTerminal(Shell shell, Supplier<String> status, Scheduler scheduler) {
            this.shell = shell;
            this.view = new CaptionView(new AnsiScreen(shell.out(), shell.terminal(), shell.isColoured()), status);
            // A terminal that is gone is told by the next caption.
            this.ticking = Flux.interval(Duration.ZERO, PERIOD, scheduler)
                    .onBackpressureDrop()
                    .subscribe(tick -> view.refresh(), gone -> {});
        }

        @Override
        public void accept(TranscriptionEvent event) {
            view.accept(event);
        }

        /** Standard error on the same terminal would tear the captions apart. */
        @Override
        public void say(String message) {
            if (shell.terminal().isError()) {
                view.say(Shell.NAME + ": " + Text.oneLine(message));
            } else {
                shell.say(message);
            }
        }

        @Override
        public void close() {
            ticking.dispose();
            view.end();
        }
    }

    /** For files and pipes. */
    final class AsLines implements LiveOutput {

        private final Shell shell;
        private final Results results;

        AsLines(Shell shell) {
            this.shell = shell;
            this.results = Results.of(Format.text, shell.out());
        }

        @Override
        public void accept(TranscriptionEvent event) {
            results.accept(event);
        }

        @Override
        public void say(String message) {
            shell.say(message);
        }

        @Override
        public void close() {
            results.end();
        }
    }
}
