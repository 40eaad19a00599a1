package io.qwenasr.reactor;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import java.time.Duration;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;

/**
 * Lets audio wait up to a capacity in playing time; see {@link LiveBuffer} for the contract.
 *
 * <p>An operator of its own because {@code onBackpressureBuffer} counts elements, tells of what it drops only beside
 * the stream, and may drop a commit.
 */
final class LiveFlux extends FluxOperator<AudioSignal, AudioSignal> {

    private final OverflowPolicy policy;
    private final Duration capacity;
    private final AudioFormat format;

    LiveFlux(Flux<? extends AudioSignal> source, OverflowPolicy policy, Duration capacity, AudioFormat format) {
        super(source);
        this.policy = policy;
        this.capacity = capacity;
        this.format = format;
    }

    @Override
    public void subscribe(CoreSubscriber<? super AudioSignal> actual) {
        source.subscribe(new LiveSubscriber(actual, policy, capacity, format));
    }
}
