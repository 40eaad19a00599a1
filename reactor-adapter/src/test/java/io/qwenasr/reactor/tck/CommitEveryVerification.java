package io.qwenasr.reactor.tck;

import io.qwenasr.AudioSignal;
import io.qwenasr.reactor.CommitBoundaries;
import java.nio.ByteBuffer;
import reactor.core.publisher.Flux;

/** Utterances of a fixed length, which is that of a chunk. */
public class CommitEveryVerification extends CommitVerification {

    @Override
    Flux<AudioSignal> cut(Flux<ByteBuffer> audio) {
        return audio.transform(CommitBoundaries.every(CHUNK_LENGTH, FORMAT));
    }

    /** Most of it in large chunks, which are cut as the signals are requested. */
    @Override
    Flux<AudioSignal> utterances(int utterances) {
        Flux<ByteBuffer> tens = Flux.range(0, utterances / 10).map(i -> ByteBuffer.allocate(10 * CHUNK));
        return cut(tens.concatWith(chunks(utterances % 10)));
    }

    @Override
    Flux<AudioSignal> longUtteranceAndThen(int utterances) {
        Flux<ByteBuffer> halves = Flux.range(0, 2).map(i -> ByteBuffer.allocate(CHUNK / 2));
        return cut(halves.concatWith(chunks(utterances)));
    }
}
