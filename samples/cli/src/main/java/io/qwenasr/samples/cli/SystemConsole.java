package io.qwenasr.samples.cli;

import java.io.IOException;
import java.util.function.Supplier;
import org.jline.nativ.CLibrary;
import org.jline.nativ.CLibrary.WinSize;
import org.jline.terminal.Size;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.jline.terminal.TerminalBuilder.SystemOutput;
import org.jline.terminal.spi.SystemStream;
import org.jline.terminal.spi.TerminalProvider;
import org.jline.utils.OSUtils;
import org.jspecify.annotations.Nullable;

/**
 * Asks through the native part of JLine, which is loaded when first needed.
 *
 * <p>The size is that of the stream that is written to. JLine's own system terminal tells none unless standard input is a
 * terminal, too; on Windows it is used nevertheless, since it makes the console understand escape sequences.
 */
final class SystemConsole implements Console {

    private static final String PROVIDER = "jni";

    private final Supplier<@Nullable TerminalProvider> provider = new Once<>(SystemConsole::provider);
    private final Supplier<@Nullable Terminal> windows = new Once<>(this::open);

    @Override
    public boolean isTerminal(SystemStream stream) {
        TerminalProvider found = provider.get();
        return found != null && found.isSystemStream(stream);
    }

    @Override
    public Size size(SystemStream stream) {
        if (OSUtils.IS_WINDOWS) {
            Terminal open = windows.get();
            return open == null ? new Size() : open.getSize();
        }
        WinSize size = new WinSize();
        int failed = CLibrary.ioctl(stream == SystemStream.Output ? 1 : 2, CLibrary.TIOCGWINSZ, size);
        return failed != 0 ? new Size() : new Size(Short.toUnsignedInt(size.ws_col), Short.toUnsignedInt(size.ws_row));
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
                    .systemOutput(isTerminal(SystemStream.Output) ? SystemOutput.SysOut : SystemOutput.SysErr)
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
