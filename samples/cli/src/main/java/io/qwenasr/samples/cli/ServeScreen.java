package io.qwenasr.samples.cli;

import java.time.Duration;
import java.time.ZoneId;
import java.util.List;
import org.jspecify.annotations.Nullable;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/** Tells of the sessions of a server: on a terminal by a table that is drawn over, elsewhere not at all. */
final class ServeScreen implements AutoCloseable {

    private static final Duration PERIOD = Duration.ofMillis(500);
    private static final int MARGIN = 3;

    private final Shell shell;
    private final ServedSessions sessions;
    private final SessionTable table = new SessionTable(ZoneId.systemDefault());
    private final AnsiScreen screen;
    private final Scheduler scheduler = Schedulers.newSingle("sessions", true);
    private final Disposable drawing;
    private boolean closed;

    private ServeScreen(Shell shell, ServedSessions sessions) {
        this.shell = shell;
        this.sessions = sessions;
        this.screen = new AnsiScreen(shell.out(), shell.terminal(), shell.isColoured());
        // A terminal that is gone does not end the server.
        this.drawing = Flux.interval(Duration.ZERO, PERIOD, scheduler)
                .onBackpressureDrop()
                .subscribe(tick -> draw(List.of()), gone -> {});
    }

    /** Null without a terminal. */
    static @Nullable ServeScreen open(Shell shell, ServedSessions sessions) {
        return shell.terminal().isOutput() ? new ServeScreen(shell, sessions) : null;
    }

    /** Standard error on the same terminal would tear the table apart. */
    void say(String message) {
        if (shell.terminal().isError()) {
            draw(List.of(Shell.NAME + ": " + Text.oneLine(message)));
        } else {
            shell.say(message);
        }
    }

    private synchronized void draw(List<String> lines) {
        if (!closed) {
            TerminalInfo terminal = shell.terminal();
            screen.show(
                    lines, table.draw(sessions.snapshot(), Math.max(2, terminal.width() - MARGIN), terminal.height()));
        }
    }

    /** Leaves the counts. */
    @Override
    public synchronized void close() {
        drawing.dispose();
        scheduler.dispose();
        closed = true;
        screen.show(List.of(SessionTable.counts(sessions.snapshot())), List.of());
    }
}
