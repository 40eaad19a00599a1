package io.qwenasr.samples.cli;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.resume.ResumingTranscriber;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** Goes on when a session is lost, but says at once what keeps the first one from beginning. */
final class Resuming implements Transcriber {

    private final Transcriber transcriber;
    private final Function<Transcriber, ResumingTranscriber> resuming;

    Resuming(Transcriber transcriber, Function<Transcriber, ResumingTranscriber> resuming) {
        this.transcriber = transcriber;
        this.resuming = resuming;
    }

    @Override
    public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
        return Flux.defer(() -> {
            AtomicBoolean begun = new AtomicBoolean();
            Transcriber watched = (signals, asked) -> transcriber
                    .transcribe(signals, asked)
                    .doOnNext(event -> begun.set(true))
                    .onErrorMap(error -> begun.get() ? error : new NotBegun(error));
            return resuming.apply(watched)
                    .transcribe(audio, options)
                    .filter(event -> begun.get() || !(event instanceof TranscriptionEvent.Summary))
                    .onErrorMap(NotBegun.class, NotBegun::why);
        });
    }

    /** No error of a session that could be resumed. */
    private static final class NotBegun extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NotBegun(Throwable why) {
            super(why);
        }

        Throwable why() {
            Throwable why = getCause();
            return why == null ? this : why;
        }
    }
}
