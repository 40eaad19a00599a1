package io.qwenasr.samples.cli;

import java.io.InputStream;
import java.io.PrintStream;
import java.util.Map;

/**
 * What surrounds a command.
 *
 * @param out standard output: results
 * @param err standard error: everything else
 * @param in standard input
 * @param environment the environment's variables
 * @param terminal whether there are people looking
 * @param interrupts Ctrl-C and SIGTERM
 * @param engines how to get the local engine
 */
record Shell(
        Output out,
        PrintStream err,
        InputStream in,
        Map<String, String> environment,
        TerminalInfo terminal,
        Interrupts interrupts,
        EngineLoader engines) {

    static final String NAME = "qwen-asr";

    /** Says something that is no result. */
    void say(String message) {
        err.println(NAME + ": " + Text.oneLine(message));
    }

    /** Whether text may be dim, or coloured, on a terminal: <a href="https://no-color.org">not with NO_COLOR</a>. */
    boolean isColoured() {
        return environment.getOrDefault("NO_COLOR", "").isEmpty();
    }

    /** Leaves out the environment, which may hold a key. */
    @Override
    public String toString() {
        return "Shell";
    }
}
