package io.qwenasr.samples.cli;

/**
 * What came of one file of a batch.
 *
 * @param job the file
 * @param code {@link ExitCode#OK}, or how a command with this file alone would have ended
 * @param detail for people: what was found, or why it failed
 */
record Outcome(BatchPlan.Job job, ExitCode code, String detail) {

    static Outcome done(BatchPlan.Job job, String detail) {
        return new Outcome(job, ExitCode.OK, detail);
    }

    static Outcome failed(BatchPlan.Job job, ErrorReport why) {
        return new Outcome(job, why.code(), why.message());
    }

    /** Ended by a signal: neither done nor failed. */
    static Outcome stopped(BatchPlan.Job job) {
        return new Outcome(job, ExitCode.INTERRUPTED, "interrupted");
    }

    boolean isDone() {
        return code == ExitCode.OK;
    }

    boolean isStopped() {
        return code == ExitCode.INTERRUPTED;
    }

    /** For people; what failed is not named twice. */
    String line() {
        String name = job.input().toString();
        String told = detail.contains(name) ? detail : name + ": " + detail;
        return isDone() || isStopped() ? told : "failed: " + told;
    }
}
