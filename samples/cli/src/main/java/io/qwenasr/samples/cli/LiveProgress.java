package io.qwenasr.samples.cli;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import reactor.core.Disposable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;

/** For a terminal: the counts, then a bar for each file that is under way; what is said scrolls above them. */
final class LiveProgress implements Progress {

    /** Four a second are enough for numbers to be read. */
    private static final Duration PERIOD = Duration.ofMillis(250);

    private static final int MARGIN = 3;

    private final CaptionScreen screen;
    private final TerminalInfo terminal;
    private final Disposable ticking;
    private final List<FileProgress> running = new ArrayList<>();
    private String counts;
    private boolean closed;

    /** Draws on that scheduler's threads, too, since a terminal may be slow; it is the caller's to dispose of. */
    LiveProgress(CaptionScreen screen, TerminalInfo terminal, String counts, Scheduler scheduler) {
        this.screen = screen;
        this.terminal = terminal;
        this.counts = counts;
        this.ticking = Flux.interval(PERIOD, scheduler).onBackpressureDrop().subscribe(tick -> draw(List.of()));
    }

    @Override
    public synchronized void begins(FileProgress file) {
        running.add(file);
        draw(List.of());
    }

    @Override
    public synchronized void ends(FileProgress file, String now, String line) {
        running.remove(file);
        counts = now;
        say(line);
    }

    @Override
    public synchronized void say(String line) {
        draw(List.of(Shell.NAME + ": " + Text.oneLine(line)));
    }

    private synchronized void draw(List<String> lines) {
        List<CaptionScreen.Draft> drafts = new ArrayList<>();
        if (!closed) {
            int limit = Math.max(2, terminal.width() - MARGIN);
            rows(limit).forEach(row -> drafts.add(new CaptionScreen.Draft(Columns.head(row, limit), "")));
        }
        screen.show(lines, drafts);
    }

    private List<String> rows(int limit) {
        if (screen.maxDrafts() == 1) {
            return List.of(running.isEmpty() ? counts : counts + "; " + inShort());
        }
        // One row is left for what scrolls, and one is that of the counts.
        int bars = Math.max(0, Math.min(running.size(), terminal.height() - 2));
        int more = running.size() - bars;
        List<String> rows = new ArrayList<>();
        rows.add(counts + (more > 0 ? ", " + more + " more running" : ""));
        running.subList(0, bars).forEach(file -> rows.add(ProgressBar.of(file, limit)));
        return rows;
    }

    private String inShort() {
        return running.stream()
                .map(file -> Text.oneLine(file.shortName()) + " " + ProgressBar.where(file))
                .collect(Collectors.joining(", "));
    }

    @Override
    public synchronized void close() {
        ticking.dispose();
        closed = true;
        draw(List.of());
    }
}
