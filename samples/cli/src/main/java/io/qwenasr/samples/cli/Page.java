package io.qwenasr.samples.cli;

/** Standard output as prose: on a terminal lines are broken between words, elsewhere they are left whole. */
record Page(Output out, TerminalInfo terminal) {

    void line(String text) {
        line(text, 0);
    }

    /** With an indent for the lines that a long one is broken into. */
    void line(String text, int indent) {
        if (terminal.isOutput()) {
            Columns.wrap(text, terminal.width(), indent).forEach(out::line);
        } else {
            out.line(text);
        }
    }
}
