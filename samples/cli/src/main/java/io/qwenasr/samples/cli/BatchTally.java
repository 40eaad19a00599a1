package io.qwenasr.samples.cli;

import java.util.ArrayList;
import java.util.List;

/** Counts the files of a batch. Safe for use by several threads. */
final class BatchTally {

    private final int total;
    private final int before;
    private final List<Outcome> failed = new ArrayList<>();
    private int done;
    private int ended;

    /** With the number of all files, and of those that were done before. */
    BatchTally(int total, int before) {
        this.total = total;
        this.before = before;
    }

    /** Returns a line on this outcome. */
    synchronized String add(Outcome outcome) {
        if (outcome.isStopped()) {
            return outcome.line();
        }
        ended++;
        if (outcome.isDone()) {
            done++;
        } else {
            failed.add(outcome);
        }
        return (before + ended) + " of " + total + ": " + outcome.line();
    }

    /** How many are done and failed by now. */
    synchronized String counts() {
        return (before + done) + " of " + total + " done" + (failed.isEmpty() ? "" : ", " + failed.size() + " failed");
    }

    /** What came of all, and each failure again, with its reason. */
    synchronized List<String> summary() {
        List<String> lines = new ArrayList<>();
        boolean stopped = before + ended < total;
        lines.add(counts() + (failed.isEmpty() ? "" : ":"));
        failed.forEach(outcome -> lines.add(outcome.line()));
        if (stopped) {
            lines.add("the rest was not begun or not ended; the same command goes on from here");
        }
        return lines;
    }

    synchronized boolean hasFailures() {
        return !failed.isEmpty();
    }
}
