package io.qwenasr.samples.cli;

import io.qwenasr.TranscriptionEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Signal;

/**
 * One session, run on the calling thread: a reader that stalls stops the audio.
 *
 * <p>An interrupt completes the audio, so that what was said so far is still transcribed.
 */
final class SessionRun {

    /** How long the last results may take after an interrupt. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private static final int EVENTS_AHEAD = 64;

    private final Interrupts interrupts;
    private final Duration patience;
    private final Consumer<String> late;
    private final Mono<Void> stop;

    SessionRun(Shell shell, Duration patience) {
        this(shell.interrupts(), patience, shell::say);
    }

    /** With one who is told, on any thread, if the last results did not come after an interrupt. */
    SessionRun(Interrupts interrupts, Duration patience, Consumer<String> late) {
        this.interrupts = interrupts;
        this.patience = patience;
        this.late = late;
        this.stop = interrupts.orderlyEnd();
    }

    Flux<ByteBuffer> untilInterrupted(Flux<ByteBuffer> audio) {
        return audio.takeUntilOther(stop);
    }

    /**
     * Hands all events to the handler.
     *
     * @return how an interrupt wants the command to end, or null if there was none
     */
    @Nullable ExitCode handle(Flux<TranscriptionEvent> events, Consumer<TranscriptionEvent> handler) {
        Mono<Long> deadline = stop.then(Mono.delay(patience))
                .doOnNext(tick -> late.accept(
                        "the last results did not come within " + patience.toSeconds() + " s after the interrupt"));
        // As signals, since a stream throws an error ahead of events that came before it.
        try (Stream<Signal<TranscriptionEvent>> stream =
                events.takeUntilOther(deadline).materialize().toStream(EVENTS_AHEAD)) {
            stream.forEach(signal -> take(signal, handler));
        }
        return interrupts.received();
    }

    private static void take(Signal<TranscriptionEvent> signal, Consumer<TranscriptionEvent> handler) {
        TranscriptionEvent event = signal.get();
        Throwable error = signal.getThrowable();
        if (event != null) {
            handler.accept(event);
        } else if (error != null) {
            throw Exceptions.propagate(error);
        }
    }
}
