package io.qwenasr.reactor.tck;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Transcripts;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Events for a slow viewer, none of which may be left out, from a thread of their own. */
public class LatestPartialVerification extends FluxVerification<TranscriptionEvent> {

    private static final int MAX_WAITING = 8;

    @Override
    Flux<TranscriptionEvent> flux(int elements) {
        return Transcripts.latestPartial(finals(elements).subscribeOn(Schedulers.parallel()), MAX_WAITING);
    }

    @Override
    Flux<TranscriptionEvent> failed() {
        return Transcripts.latestPartial(Flux.error(new IllegalStateException("gone")));
    }

    static Flux<TranscriptionEvent> finals(int count) {
        return Flux.range(0, count)
                .map(i -> new TranscriptionEvent.Final("item_" + i, "text " + i, null, null, null, null));
    }
}
