package io.qwenasr.reactor;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioFormat.Encoding;
import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * What becomes of the audio of a source that cannot wait, such as a microphone or a telephone line, while whoever
 * takes it is behind: it waits, up to a capacity, and beyond that a policy chosen by name says what is lost.
 *
 * <p>Contract of all policies:
 *
 * <ul>
 *   <li>The source is requested everything at once; here signals are emitted only as they are requested. At most
 *       the capacity waits, besides the one signal that is being emitted. That is decided when audio arrives, so it
 *       holds for a subscriber that blocks in {@code onNext}, too.
 *   <li>What is lost is told: one {@link AudioSignal.Gap} stands in its place, exact to the sample, and losses next
 *       to each other make one gap as long as it waits. No more is dropped than needed: a chunk is split at the
 *       sample. So audio and gaps always sum up to what the source gave.
 *   <li>Gaps of the source pass in their place, and merge with others next to them.
 *   <li>Commits and clears pass in their place and are not lost with the audio around them. One without audio since
 *       the one before it, perhaps because all of that was lost, has nothing to end and is left out. So
 *       {@link CommitBoundaries} can stand before this and keep up with a source that cannot wait.
 *   <li>Chunks hold whole samples, at least one. An odd byte is carried over to the next chunk, half a sample at the
 *       very end is left out. Audio that waits in smaller chunks is joined into chunks of up to 100 ms.
 *   <li>The source may reuse a buffer once {@code onNext} has returned: what has to wait is copied. What need not
 *       wait is a view of the source's own buffer, to be used during {@code onNext} only; see
 *       {@link AudioSignal.Chunk}.
 *   <li>Completion and errors of the source come after what waits.
 *   <li>Signals are emitted on the thread that brings them or that requests them, one at a time. There are no
 *       threads and no timers here: a subscriber that blocks the source's own thread stops the source.
 *   <li>Cancelling cancels the source at once and from any thread. Audio that is lost, and what waits when
 *       cancelled, goes to the {@linkplain Flux#doOnDiscard discard hook} as signals.
 * </ul>
 *
 * <p>Immutable; one instance may serve any number of streams, each subscription with a buffer of its own.
 *
 * @since 0.1.0
 */
public final class LiveBuffer {

    private static final Duration MAX_CAPACITY = Duration.ofHours(1);

    private final OverflowPolicy policy;
    private final Duration capacity;
    private final AudioFormat format;

    private LiveBuffer(OverflowPolicy policy, Duration capacity, AudioFormat format) {
        if (format.encoding() != Encoding.PCM) {
            throw new IllegalArgumentException("only PCM can be buffered by time: the bytes of " + format.encoding()
                    + " do not tell how long it takes");
        }
        if (capacity.isNegative() || capacity.compareTo(MAX_CAPACITY) > 0 || format.bytesIn(capacity) == 0) {
            throw new IllegalArgumentException(
                    "capacity must be at least one sample and at most one hour, not " + capacity);
        }
        this.policy = Objects.requireNonNull(policy, "policy");
        this.capacity = capacity;
        this.format = format;
    }

    /**
     * Keeps the latest audio: what has waited longest is dropped.
     *
     * <p>For live captions: whoever falls behind goes on with what is being said now. The gap comes before the oldest
     * audio that is kept.
     *
     * @param capacity playing time of the audio that may wait, rounded down to whole samples; at least one sample,
     *     at most one hour
     * @param format of the audio
     * @return the policy
     * @throws IllegalArgumentException if the capacity is out of range or the format is not PCM
     */
    public static LiveBuffer dropOldest(Duration capacity, AudioFormat format) {
        return new LiveBuffer(OverflowPolicy.DROP_OLDEST, capacity, format);
    }

    /**
     * Keeps the audio that was there first: what arrives while the buffer is full is dropped.
     *
     * <p>The gap comes after all audio that waits.
     *
     * @param capacity playing time of the audio that may wait, rounded down to whole samples; at least one sample,
     *     at most one hour
     * @param format of the audio
     * @return the policy
     * @throws IllegalArgumentException if the capacity is out of range or the format is not PCM
     */
    public static LiveBuffer dropNewest(Duration capacity, AudioFormat format) {
        return new LiveBuffer(OverflowPolicy.DROP_NEWEST, capacity, format);
    }

    /**
     * Loses nothing: fails when the buffer is full.
     *
     * <p>The source is cancelled at once. All audio before the loss is emitted first, then an
     * {@linkplain reactor.core.Exceptions#isOverflow overflow error} that tells the capacity and the position on the
     * audio timeline from which on audio is missing.
     *
     * @param capacity playing time of the audio that may wait, rounded down to whole samples; at least one sample,
     *     at most one hour
     * @param format of the audio
     * @return the policy
     * @throws IllegalArgumentException if the capacity is out of range or the format is not PCM
     */
    public static LiveBuffer fail(Duration capacity, AudioFormat format) {
        return new LiveBuffer(OverflowPolicy.FAIL, capacity, format);
    }

    /**
     * Buffers audio.
     *
     * <p>Fits {@code audio.transform(buffer::apply)}.
     *
     * @param audio in the format that was named; see {@link AudioSignal.Chunk} for what is asked of the buffers
     * @return audio and gaps; cold, each subscription subscribes to the audio once
     */
    public Flux<AudioSignal> apply(Flux<ByteBuffer> audio) {
        return apply(audio.map(AudioSignal::chunk));
    }

    /**
     * Buffers audio signals.
     *
     * @param signals audio in the format that was named, commits, clears and gaps
     * @return the same and gaps; cold, each subscription subscribes to the signals once
     */
    public Flux<AudioSignal> apply(Publisher<? extends AudioSignal> signals) {
        return new LiveFlux(Flux.from(signals), policy, capacity, format);
    }

    @Override
    public String toString() {
        return "LiveBuffer[" + policy + ", capacity=" + capacity + ", format=" + format + "]";
    }
}
