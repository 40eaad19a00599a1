package io.qwenasr.reactor.spring;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Transcriber;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
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
                active.incrementAndGet();
                return Flux.defer(() -> transcriber.transcribe(audio, options))
                        .doOnNext(SessionStatistics.this::told)
                        .doOnComplete(() -> end(ended, new Outcome(Latest.COMPLETED, null)))
                        .doOnError(error -> end(
                                ended,
                                new Outcome(Latest.FAILED, error.getClass().getSimpleName())))
                        .doOnCancel(() -> end(ended, new Outcome(Latest.CANCELLED, outcome.failure())));
            });
        }

        @Override
        public String toString() {
            return transcriber.toString();
        }
    }

    private void told(TranscriptionEvent event) {
        if (event instanceof TranscriptionEvent.SessionReady || event instanceof TranscriptionEvent.Reconnected) {
            outcome = new Outcome(Latest.READY, null);
        }
    }

    private void end(AtomicBoolean ended, Outcome how) {
        if (ended.compareAndSet(false, true)) {
            active.decrementAndGet();
            outcome = how;
        }
    }
}
