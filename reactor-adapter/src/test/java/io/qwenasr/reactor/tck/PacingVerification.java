package io.qwenasr.reactor.tck;

import io.qwenasr.AudioFormat;
import io.qwenasr.reactor.Pacing;
import java.nio.ByteBuffer;
import java.time.Duration;
import reactor.core.publisher.Flux;

/** Paced audio, each chunk held until a real timer is due; a thousand times as fast as speech. */
public class PacingVerification extends FluxVerification<ByteBuffer> {

    private static final Pacing FAST = Pacing.realTime(1_000).withLead(Duration.ZERO);

    private static Flux<ByteBuffer> pace(Flux<ByteBuffer> audio) {
        return FAST.apply(audio, AudioFormat.PCM_16K);
    }

    @Override
    Flux<ByteBuffer> flux(int elements) {
        return pace(Flux.range(0, elements).map(i -> ByteBuffer.allocate(3_200)));
    }

    @Override
    Flux<ByteBuffer> failed() {
        return pace(Flux.error(new IllegalStateException("unplugged")));
    }

    @Override
    boolean answersBadRequests() {
        return false;
    }
}
