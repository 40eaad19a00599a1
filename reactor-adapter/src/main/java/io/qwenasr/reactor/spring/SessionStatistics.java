package io.qwenasr.reactor.spring;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Transcriber;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** What a health indicator can tell of sessions without opening one. */
final class SessionStatistics implements TranscriberDecorator {

    /** How the latest session stands of which anything is known. */
    enum Latest {
        NONE,
        READY,
        COMPLETED,
        CANCELLED,
        FAILED
    }

    record Outcome(Latest latest, @Nullable String failure) {}

    private final AtomicInteger active = new AtomicInteger();
    private volatile Outcome outcome = new Outcome(Latest.NONE, null);

    int active() {
        return active.get();
    }

    Outcome outcome() {
        return outcome;
    }

    @Override
    public Transcriber around(Transcriber transcriber) {
        return new Counted(transcriber);
    }

    private final class Counted implements Transcriber {
        private final Transcriber transcriber;

        Counted(Transcriber transcriber) {
            this.transcriber = transcriber;
        }

        @Override
        public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
            return Flux.defer(() -> {
                AtomicBoolean ended = new AtomicBoolean();
                AtomicBoolean ready = new AtomicBoolean();
                AtomicReference<@Nullable Throwable> audioError = new AtomicReference<>();
                Flux<AudioSignal> heard = Flux.<AudioSignal>from(audio).doOnError(audioError::set);
                active.incrementAndGet();
                return Flux.defer(() -> transcriber.transcribe(heard, options))
                        .doOnNext(event -> told(event, ready))
                        .doOnComplete(() -> end(ended, new Outcome(Latest.COMPLETED, null)))
                        .doOnError(error -> end(
                                ended,
                                error == audioError.get()
                                        ? outcome
                                        : new Outcome(
                                                Latest.FAILED, error.getClass().getSimpleName())))
                        .doOnCancel(() ->
                                end(ended, ready.get() ? new Outcome(Latest.CANCELLED, outcome.failure()) : outcome));
            });
        }

        @Override
        public String toString() {
            return transcriber.toString();
        }
    }

    private void told(TranscriptionEvent event, AtomicBoolean ready) {
        if (event instanceof TranscriptionEvent.SessionReady || event instanceof TranscriptionEvent.Reconnected) {
            ready.set(true);
            outcome = new Outcome(Latest.READY, null);
        }
    }

    /** A session that was given up before the service answered, or whose audio failed, tells nothing of the service. */
    private void end(AtomicBoolean ended, Outcome how) {
        if (ended.compareAndSet(false, true)) {
            active.decrementAndGet();
            outcome = how;
        }
    }
}
