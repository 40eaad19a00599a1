package io.qwenasr.samples.cli;

import java.nio.file.Path;

/**
 * What came of one file of a batch.
 *
 * @param input the file
 * @param code {@link ExitCode#OK}, or how a command with this file alone would have ended
 * @param detail for people: what was found, or why it failed
 */
record Outcome(Path input, ExitCode code, String detail) {

    static Outcome done(Path input, String detail) {
        return new Outcome(input, ExitCode.OK, detail);
    }

    static Outcome failed(Path input, ErrorReport why) {
        return new Outcome(input, why.code(), why.message());
    }

    /** Ended by a signal: neither done nor failed. */
    static Outcome stopped(Path input) {
        return new Outcome(input, ExitCode.INTERRUPTED, "interrupted");
    }

    boolean isDone() {
        return code == ExitCode.OK;
    }

    boolean isStopped() {
        return code == ExitCode.INTERRUPTED;
    }

    /** For people; what failed is not named twice. */
    String line() {
        String name = input.toString();
        String told = detail.contains(name) ? detail : name + ": " + detail;
        return isDone() || isStopped() ? told : "failed: " + told;
    }
}
