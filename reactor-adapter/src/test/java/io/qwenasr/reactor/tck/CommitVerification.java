package io.qwenasr.reactor.tck;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import java.time.Duration;
import reactor.core.publisher.Flux;

/** A kind of commit boundaries; all audio here is cut into utterances of at least one chunk. */
public abstract class CommitVerification extends FluxVerification<AudioSignal> {

    static final AudioFormat FORMAT = AudioFormat.PCM_16K;
    static final int CHUNK = 320;
    static final Duration CHUNK_LENGTH = FORMAT.durationOf(CHUNK);

    /** Returns the signals of that many utterances of one chunk. */
    abstract Flux<AudioSignal> utterances(int utterances);

    /** Returns the signals of one utterance of two chunks, then that many utterances of one chunk. */
    abstract Flux<AudioSignal> longUtteranceAndThen(int utterances);

    /** Returns audio with the boundaries of this kind. */
    abstract Flux<AudioSignal> cut(Flux<ByteBuffer> audio);

    @Override
    final Flux<AudioSignal> flux(int elements) {
        if (elements == 1) {
            // There is no commit without audio: the shortest stream has two signals.
            return utterances(1).skip(1);
        }
        return elements % 2 == 0 ? utterances(elements / 2) : longUtteranceAndThen((elements - 3) / 2);
    }

    @Override
    Flux<AudioSignal> failed() {
        return cut(Flux.error(new IllegalStateException("unplugged")));
    }

    static Flux<ByteBuffer> chunks(int count) {
        return Flux.range(0, count).map(i -> ByteBuffer.allocate(CHUNK));
    }
}
