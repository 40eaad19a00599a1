package io.qwenasr.reactor.tck;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.reactor.LiveBuffer;
import java.nio.ByteBuffer;
import java.time.Duration;
import reactor.core.publisher.Flux;

/** A source that asks nobody, with all of its audio waiting here. */
public class LiveBufferVerification extends FluxVerification<AudioSignal> {

    /** All of them wait at once. */
    private static final long MAX_ELEMENTS = 1_000;

    /** More than 50 ms, so that no two are joined. */
    private static final int CHUNK = 1_602;

    private static final LiveBuffer BUFFER = LiveBuffer.dropOldest(Duration.ofHours(1), AudioFormat.PCM_16K);

    @Override
    Flux<AudioSignal> flux(int elements) {
        return Flux.range(0, elements).map(i -> ByteBuffer.allocate(CHUNK)).transform(BUFFER::apply);
    }

    @Override
    Flux<AudioSignal> failed() {
        return BUFFER.apply(Flux.<ByteBuffer>error(new IllegalStateException("unplugged")));
    }

    @Override
    public long maxElementsFromPublisher() {
        return MAX_ELEMENTS;
    }
}
