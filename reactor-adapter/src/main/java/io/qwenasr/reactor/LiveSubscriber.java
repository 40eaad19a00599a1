package io.qwenasr.reactor;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import java.time.Duration;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;

/**
 * One subscription of {@link LiveFlux}.
 *
 * <p>The policy is applied where audio arrives, while another thread may be busy in {@code onNext} downstream.
 */
final class LiveSubscriber extends QueuedSubscriber<AudioSignal> {

    private final OverflowPolicy policy;
    private final Duration capacity;
    private final AudioFormat format;
    private final WaitingAudio waiting;

    // Touched only as the source brings signals.
    private final SampleAligner aligner = new SampleAligner();
    private long offeredBytes;
    private Duration offeredGaps = Duration.ZERO;

    LiveSubscriber(
            CoreSubscriber<? super AudioSignal> actual, OverflowPolicy policy, Duration capacity, AudioFormat format) {
        this(actual, policy, capacity, format, new WaitingAudio(policy, capacity, format));
    }

    private LiveSubscriber(
            CoreSubscriber<? super AudioSignal> actual,
            OverflowPolicy policy,
            Duration capacity,
            AudioFormat format,
            WaitingAudio waiting) {
        super(actual, waiting);
        this.policy = policy;
        this.capacity = capacity;
        this.format = format;
        this.waiting = waiting;
    }

    @Override
    void onStart() {
        if (!isOver()) {
            upstream().request(Long.MAX_VALUE);
        }
    }

    @Override
    public void onNext(AudioSignal signal) {
        if (isOver()) {
            Operators.onDiscard(signal, currentContext());
        } else if (signal instanceof AudioSignal.Chunk chunk) {
            ByteBuffer samples = aligner.align(chunk.audio());
            if (samples.hasRemaining()) {
                audio(samples);
            }
        } else if (signal instanceof AudioSignal.Gap gap) {
            offeredGaps = offeredGaps.plus(gap.length());
            waiting.gap(gap.length());
            drain();
        } else if (signal instanceof AudioSignal.Commit || signal instanceof AudioSignal.Clear) {
            waiting.control(signal);
            drain();
        }
    }

    private void audio(ByteBuffer samples) {
        if (!enter()) {
            keep(samples);
            drain();
            return;
        }
        if (isRequested() && waiting.overtake()) {
            offeredBytes += samples.remaining();
            emitNow(AudioSignal.chunk(samples));
        } else {
            keep(samples);
        }
        leave();
    }

    private void keep(ByteBuffer samples) {
        long lostBytes = 0;
        for (ByteBuffer lost : waiting.offer(samples)) {
            lostBytes += lost.remaining();
            Operators.onDiscard(AudioSignal.chunk(lost), currentContext());
        }
        offeredBytes += samples.remaining();
        if (lostBytes > 0 && policy == OverflowPolicy.FAIL && !isOver()) {
            Duration position = format.durationOf(offeredBytes - lostBytes).plus(offeredGaps);
            fail(Exceptions.failWithOverflow("live audio arrived faster than it was taken: the buffer of "
                    + capacity + " was full " + position + " after the beginning of the audio, and what came then is"
                    + " lost; a larger capacity waits longer, LiveBuffer.dropOldest goes on with a gap"));
        }
    }
}
