package io.qwenasr.samples.cli;

/** A terminal of a width that can be changed. */
class FixedTerminal implements TerminalInfo {

    private volatile int width;

    FixedTerminal(int width) {
        this.width = width;
    }

    void width(int width) {
        this.width = width;
    }

    @Override
    public boolean isOutput() {
        return true;
    }

    @Override
    public boolean isError() {
        return true;
    }

    @Override
    public int width() {
        return width;
    }
}
