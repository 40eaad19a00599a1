package io.qwenasr.reactor.tck;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.nio.ByteBuffer;
import java.util.Collections;
import reactor.core.publisher.Flux;

/** What a script says. */
public class ScriptedVerification extends FluxVerification<TranscriptionEvent> {

    @Override
    Flux<TranscriptionEvent> flux(int elements) {
        TranscriptionEvent[] events =
                Collections.nCopies(elements, new TranscriptionEvent.Cleared()).toArray(TranscriptionEvent[]::new);
        ScriptedTranscriber.Builder script = ScriptedTranscriber.script().withoutReady();
        ScriptedTranscriber asr = (elements == 0 ? script : script.atStart().emit(events)).build();
        return asr.transcribe(Flux.just(ByteBuffer.allocate(3_200)));
    }

    @Override
    public long maxElementsFromPublisher() {
        return 1_000;
    }

    @Override
    Flux<TranscriptionEvent> failed() {
        return ScriptedTranscriber.script()
                .withoutReady()
                .atStart()
                .fail(new IllegalStateException("on fire"))
                .build()
                .transcribe(Flux.never());
    }
}
