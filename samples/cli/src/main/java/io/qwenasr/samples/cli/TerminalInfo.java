package io.qwenasr.samples.cli;

/** Who reads what is written. */
interface TerminalInfo {

    /** Neither stream is a terminal. */
    TerminalInfo NONE = new TerminalInfo() {
        @Override
        public boolean isOutput() {
            return false;
        }

        @Override
        public boolean isError() {
            return false;
        }

        @Override
        public int width() {
            return DEFAULT_WIDTH;
        }
    };

    /** Where a terminal does not tell its width. */
    int DEFAULT_WIDTH = 80;

    /** Where a terminal does not tell its height. */
    int DEFAULT_HEIGHT = 24;

    /** Whether standard output is a terminal that can do more than append lines, and whose size is known. */
    boolean isOutput();

    /** Whether standard error is one. */
    boolean isError();

    /** How many columns it has at this moment. */
    int width();

    /** How many rows it has at this moment. */
    default int height() {
        return DEFAULT_HEIGHT;
    }
}
