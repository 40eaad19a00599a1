package io.qwenasr.reactor.tck;

import io.qwenasr.AudioSignal;
import io.qwenasr.reactor.CommitBoundaries;
import java.nio.ByteBuffer;
import reactor.core.publisher.Flux;

/** One utterance of all audio. */
public class CommitAtEndVerification extends FluxVerification<AudioSignal> {

    private static Flux<AudioSignal> cut(Flux<ByteBuffer> audio) {
        return audio.transform(CommitBoundaries.atEnd(CommitVerification.FORMAT));
    }

    @Override
    Flux<AudioSignal> flux(int elements) {
        return switch (elements) {
            case 0 -> cut(Flux.empty());
            // There is no commit without audio: the shortest stream has two signals.
            case 1 -> cut(CommitVerification.chunks(1)).skip(1);
            default -> cut(CommitVerification.chunks(elements - 1));
        };
    }

    @Override
    Flux<AudioSignal> failed() {
        return cut(Flux.error(new IllegalStateException("unplugged")));
    }
}
