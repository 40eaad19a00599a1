package io.qwenasr.reactor.tck;

import io.qwenasr.reactor.Transcripts;
import io.qwenasr.reactor.Utterance;
import reactor.core.publisher.Flux;

/** What is put together from events; {@code finals} and {@code text} are made in the same way. */
public class UtterancesVerification extends FluxVerification<Utterance> {

    @Override
    Flux<Utterance> flux(int elements) {
        return Transcripts.utterances(LatestPartialVerification.finals(elements));
    }

    @Override
    Flux<Utterance> failed() {
        return Transcripts.utterances(Flux.error(new IllegalStateException("gone")));
    }

    @Override
    boolean answersBadRequests() {
        return false;
    }
}
