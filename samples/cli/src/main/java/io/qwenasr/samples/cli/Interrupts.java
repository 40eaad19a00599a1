package io.qwenasr.samples.cli;

import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.jline.utils.Signals;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/**
 * Ctrl-C and SIGTERM: the first asks for an orderly end where there is something to bring to an end; any other
 * ends the process at once.
 */
final class Interrupts {

    private final IntConsumer exit;
    private final Sinks.Empty<Void> request = Sinks.empty();
    private final AtomicReference<@Nullable ExitCode> first = new AtomicReference<>();
    private volatile boolean orderly;

    /** With {@code exit} to end the process at once; it may return in a test. */
    Interrupts(IntConsumer exit) {
        this.exit = exit;
    }

    /** Listens to the process's signals from now on. */
    static Interrupts ofProcess() {
        Interrupts interrupts = new Interrupts(System::exit);
        Signals.register("INT", () -> interrupts.signal(ExitCode.INTERRUPTED));
        Signals.register("TERM", () -> interrupts.signal(ExitCode.TERMINATED));
        return interrupts;
    }

    void signal(ExitCode code) {
        boolean isFirst = first.compareAndSet(null, code);
        if (isFirst && orderly) {
            request.tryEmitEmpty();
        } else {
            exit.accept(code.code());
        }
    }

    /**
     * From now on there is something to bring to an end.
     *
     * @return completes when that is asked for
     */
    Mono<Void> orderlyEnd() {
        orderly = true;
        return request.asMono();
    }

    /** Which signal came first, or null if there was none. */
    @Nullable ExitCode received() {
        return first.get();
    }
}
