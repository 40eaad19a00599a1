package io.qwenasr.samples.cli;

import java.util.Map;
import org.jline.terminal.Size;
import org.jline.terminal.spi.SystemStream;

/**
 * The terminal of this process. It is none if neither itself nor the environment tells its size: what is to be drawn
 * over would flood it.
 */
final class ProcessTerminal implements TerminalInfo {

    private final boolean capable;
    private final Console console;

    /** Of zero by zero as long as it is not known. */
    private volatile Size known;

    ProcessTerminal(Map<String, String> environment) {
        this(environment, new SystemConsole());
    }

    ProcessTerminal(Map<String, String> environment, Console console) {
        this.capable = !"dumb".equals(environment.get("TERM"));
        this.console = console;
        this.known = new Size(named(environment, "COLUMNS"), named(environment, "LINES"));
    }

    private static int named(Map<String, String> environment, String variable) {
        String value = environment.getOrDefault(variable, "");
        return value.matches("[0-9]{1,4}") ? Integer.parseInt(value) : 0;
    }

    @Override
    public boolean isOutput() {
        return isKnown(SystemStream.Output);
    }

    @Override
    public boolean isError() {
        return isKnown(SystemStream.Error);
    }

    private boolean isKnown(SystemStream stream) {
        return isTerminal(stream) && isKnown(size());
    }

    @Override
    public int width() {
        Size size = size();
        return isKnown(size) ? size.getColumns() : DEFAULT_WIDTH;
    }

    @Override
    public int height() {
        Size size = size();
        return isKnown(size) ? size.getRows() : DEFAULT_HEIGHT;
    }

    private Size size() {
        boolean output = isTerminal(SystemStream.Output);
        if (!output && !isTerminal(SystemStream.Error)) {
            return new Size();
        }
        Size now = console.size(output ? SystemStream.Output : SystemStream.Error);
        if (isKnown(now)) {
            known = now;
        }
        return known;
    }

    private static boolean isKnown(Size size) {
        return size.getColumns() > 0 && size.getRows() > 0;
    }

    private boolean isTerminal(SystemStream stream) {
        return capable && console.isTerminal(stream);
    }
}
