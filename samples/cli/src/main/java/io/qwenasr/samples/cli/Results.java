package io.qwenasr.samples.cli;

import io.qwenasr.TranscriptionEvent;
import org.jspecify.annotations.Nullable;
import reactor.core.Exceptions;
import reactor.core.publisher.Sinks;

/** Prints what a session tells, in one of the formats. Nothing is printed before the first event. */
final class Results {

    private final Format format;
    private final Output out;
    private final Sinks.Many<TranscriptionEvent> events =
            Sinks.unsafe().many().unicast().onBackpressureBuffer();
    private boolean begun;
    private @Nullable Throwable failure;

    private Results(Format format, Output out) {
        this.format = format;
        this.out = out;
    }

    static Results of(Format format, Output out) {
        return new Results(format, out);
    }

    /** Has printed what there is to print when it returns. */
    void accept(TranscriptionEvent event) {
        if (!begun) {
            begun = true;
            format.write(events.asFlux()).subscribe(out::print, error -> failure = error);
        }
        events.tryEmitNext(event);
        throwFailure();
    }

    /** Prints what is left; called however the session ended. */
    void end() {
        events.tryEmitComplete();
        throwFailure();
    }

    private void throwFailure() {
        Throwable thrown = failure;
        if (thrown != null) {
            failure = null;
            throw Exceptions.propagate(thrown);
        }
    }
}
