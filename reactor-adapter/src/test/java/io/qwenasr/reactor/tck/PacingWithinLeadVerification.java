package io.qwenasr.reactor.tck;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.reactor.Pacing;
import java.nio.ByteBuffer;
import java.time.Duration;
import reactor.core.publisher.Flux;

/** Paced signals that are all within the lead, so that each is emitted while the source emits it. */
public class PacingWithinLeadVerification extends FluxVerification<AudioSignal> {

    private static final Pacing LEADING = Pacing.realTime().withLead(Duration.ofHours(1));

    private static Flux<AudioSignal> pace(Flux<AudioSignal> signals) {
        return LEADING.apply(signals, AudioFormat.PCM_16K);
    }

    @Override
    Flux<AudioSignal> flux(int elements) {
        return pace(Flux.range(0, elements)
                .map(i -> i % 2 == 0 ? AudioSignal.chunk(ByteBuffer.allocate(320)) : AudioSignal.commit()));
    }

    @Override
    Flux<AudioSignal> failed() {
        return pace(Flux.error(new IllegalStateException("unplugged")));
    }

    @Override
    boolean answersBadRequests() {
        return false;
    }
}
