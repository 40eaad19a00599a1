package io.qwenasr.reactor.tck;

import io.qwenasr.AudioSignal;
import io.qwenasr.reactor.CommitBoundaries;
import java.nio.ByteBuffer;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.scheduler.Schedulers;

/** Utterances that end when another publisher ticks, on a thread of their own. */
public class CommitWhenVerification extends CommitVerification {

    @Override
    Flux<AudioSignal> cut(Flux<ByteBuffer> audio) {
        return audio.transform(CommitBoundaries.when(Flux.never(), FORMAT));
    }

    @Override
    Flux<AudioSignal> utterances(int utterances) {
        return ticking(utterances, 0);
    }

    @Override
    Flux<AudioSignal> longUtteranceAndThen(int utterances) {
        return ticking(utterances + 2, 1);
    }

    /** Ticks before each chunk but the first ones. */
    private static Flux<AudioSignal> ticking(int chunks, int untickedFirst) {
        return Flux.defer(() -> {
            Sinks.Many<Integer> ticks = Sinks.many().unicast().onBackpressureBuffer();
            Flux<ByteBuffer> audio = chunks(chunks).index((i, chunk) -> {
                if (i > untickedFirst) {
                    ticks.tryEmitNext(i.intValue()).orThrow();
                }
                return chunk;
            });
            return audio.subscribeOn(Schedulers.parallel()).transform(CommitBoundaries.when(ticks.asFlux(), FORMAT));
        });
    }
}
