package io.qwenasr.reactor;

import io.qwenasr.TranscriptionEvent;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;

/**
 * Keeps only the newest partial of each item for a subscriber that is behind; see
 * {@link Transcripts#latestPartial(Flux, int)} for the contract.
 */
final class LatestPartialFlux extends FluxOperator<TranscriptionEvent, TranscriptionEvent> {

    private final int maxWaiting;

    LatestPartialFlux(Flux<? extends TranscriptionEvent> source, int maxWaiting) {
        super(source);
        this.maxWaiting = maxWaiting;
    }

    @Override
    public void subscribe(CoreSubscriber<? super TranscriptionEvent> actual) {
        source.subscribe(new LatestPartialSubscriber(actual, maxWaiting));
    }
}
