package io.qwenasr.samples.cli;

import java.io.IOException;
import java.util.Map;
import java.util.function.Supplier;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.TerminalBuilder.SystemOutput;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;
import org.jspecify.annotations.Nullable;

/** The terminal of this process, asked through JLine when first needed, since that takes a quarter of a second. */
final class ProcessTerminal implements TerminalInfo {

    private static final String PROVIDER = "jni";

    private final boolean capable;
    private final Supplier<@Nullable TerminalProvider> provider = new Once<>(ProcessTerminal::provider);
    private final Supplier<@Nullable Terminal> terminal = new Once<>(this::open);

    ProcessTerminal(Map<String, String> environment) {
        this.capable = !"dumb".equals(environment.get("TERM"));
    }

    @Override
    public boolean isOutput() {
        return isTerminal(SystemStream.Output);
    }

    @Override
    public boolean isError() {
        return isTerminal(SystemStream.Error);
    }

    @Override
    public int width() {
        Terminal open = terminal.get();
        int width = open == null ? 0 : open.getWidth();
        return width > 0 ? width : DEFAULT_WIDTH;
    }

    @Override
    public int height() {
        Terminal open = terminal.get();
        int height = open == null ? 0 : open.getHeight();
        return height > 0 ? height : DEFAULT_HEIGHT;
    }

    private boolean isTerminal(SystemStream stream) {
        TerminalProvider found = capable ? provider.get() : null;
        return found != null && found.isSystemStream(stream);
    }

    private static @Nullable TerminalProvider provider() {
        try {
            return TerminalProvider.load(PROVIDER);
        } catch (IOException | RuntimeException | LinkageError e) {
            return null; // no native part for this platform: lines will do
        }
    }

    private @Nullable Terminal open() {
        try {
            return TerminalBuilder.builder()
                    .provider(PROVIDER)
                    .system(true)
                    .systemOutput(isOutput() ? SystemOutput.SysOut : SystemOutput.SysErr)
                    .dumb(true)
                    .nativeSignals(false) // it would take Ctrl-C away from Interrupts
                    .build();
        } catch (IOException | RuntimeException | LinkageError e) {
            return null;
        }
    }

    /** Asks once, even if the answer is null. */
    private static final class Once<T> implements Supplier<@Nullable T> {
        private final Supplier<? extends @Nullable T> source;
        private boolean asked;
        private @Nullable T answer;

        Once(Supplier<? extends @Nullable T> source) {
            this.source = source;
        }

        @Override
        public synchronized @Nullable T get() {
            if (!asked) {
                asked = true;
                answer = source.get();
            }
            return answer;
        }
    }
}
