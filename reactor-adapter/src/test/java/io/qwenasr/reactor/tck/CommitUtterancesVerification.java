package io.qwenasr.reactor.tck;

import io.qwenasr.AudioSignal;
import io.qwenasr.reactor.CommitBoundaries;
import java.nio.ByteBuffer;
import reactor.core.publisher.Flux;

/** Utterances that come as publishers. */
public class CommitUtterancesVerification extends CommitVerification {

    @Override
    Flux<AudioSignal> cut(Flux<ByteBuffer> audio) {
        return CommitBoundaries.utterances(Flux.just(audio), FORMAT);
    }

    /** The publishers fail, since none of them is subscribed to before it is requested. */
    @Override
    Flux<AudioSignal> failed() {
        return CommitBoundaries.utterances(Flux.error(new IllegalStateException("unplugged")), FORMAT);
    }

    @Override
    Flux<AudioSignal> utterances(int utterances) {
        return CommitBoundaries.utterances(Flux.range(0, utterances).map(i -> chunks(1)), FORMAT);
    }

    @Override
    Flux<AudioSignal> longUtteranceAndThen(int utterances) {
        return CommitBoundaries.utterances(Flux.range(0, utterances + 1).map(i -> chunks(i == 0 ? 2 : 1)), FORMAT);
    }
}
