package io.qwenasr.reactor;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioFormat.Encoding;
import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * How fast recorded audio is let through: as fast as it is taken, or as if it were spoken now.
 *
 * <p>Contract of {@link #realTime(double)}, with <i>speed</i> and {@linkplain #withLead lead}:
 *
 * <ul>
 *   <li>At each instant, the audio released since the first chunk came is at most elapsed time * speed + lead.
 *       A chunk is released whole and never early: with no lead it comes when its last sample would have been
 *       spoken, as from a microphone.
 *   <li>Time that nobody used is lost: after a stall of the source or of the subscriber, at most the lead (or
 *       one chunk, where that is longer) goes at once, then the pace is kept from there on. In any span of time
 *       at most span * speed + lead is released, and one chunk where that is longer than the lead.
 *   <li>A late timer is made up for out of the lead, so the pace does not drift.
 *   <li>Demand is exact: an element is requested from the source only for one that was requested here, one at a
 *       time, nothing is prefetched.
 *   <li>Order is kept. Commits and clears take no time and pass right after the audio before them; completion
 *       and errors do, too.
 *   <li>A chunk that has to wait is copied, since its buffer belongs to the source again after {@code onNext}.
 *   <li>Chunks that wait are emitted on the scheduler, others on the source's thread; the source is requested on
 *       either. Cancelling stops the timer and cancels the source, at once and from any thread.
 *   <li>The scheduler's clock is the only one, so virtual time works.
 * </ul>
 *
 * <p>Immutable; one instance may pace any number of streams, each on its own clock.
 *
 * @since 0.1.0
 */
public final class Pacing {

    /**
     * The lead where none is named: 200 ms, two of the usual chunks. It hides late timers and short pauses of
     * the JVM, and is short enough that latencies stay those of live speech.
     */
    public static final Duration DEFAULT_LEAD = Duration.ofMillis(200);

    private static final double MIN_SPEED = 0.01;
    private static final double MAX_SPEED = 1_000;
    private static final Duration MAX_LEAD = Duration.ofHours(1);

    /** Infinite for no pacing. */
    private final double speed;

    private final Duration lead;

    private Pacing(double speed, Duration lead) {
        this.speed = speed;
        this.lead = lead;
    }

    /**
     * Lets audio through as fast as it is requested.
     *
     * @return no pacing; the lead means nothing to it
     */
    public static Pacing none() {
        return new Pacing(Double.POSITIVE_INFINITY, DEFAULT_LEAD);
    }

    /**
     * Lets audio through as fast as it was spoken, with {@link #DEFAULT_LEAD}.
     *
     * @return pacing at speed 1
     */
    public static Pacing realTime() {
        return realTime(1);
    }

    /**
     * Lets audio through at a multiple of the speed at which it was spoken, with {@link #DEFAULT_LEAD}.
     *
     * @param speed seconds of audio per second, 0.01 to 1000
     * @return pacing at that speed
     * @throws IllegalArgumentException if the speed is out of range
     */
    public static Pacing realTime(double speed) {
        if (!(speed >= MIN_SPEED && speed <= MAX_SPEED)) {
            throw new IllegalArgumentException("speed must be 0.01 to 1000, not " + speed);
        }
        return new Pacing(speed, DEFAULT_LEAD);
    }

    /**
     * Sets how much audio may go ahead of its time.
     *
     * @param lead playing time of that audio at its natural speed, zero to one hour
     * @return the same pacing with that lead
     * @throws IllegalArgumentException if the lead is out of range
     */
    public Pacing withLead(Duration lead) {
        if (lead.isNegative() || lead.compareTo(MAX_LEAD) > 0) {
            throw new IllegalArgumentException("lead must be zero to one hour, not " + lead);
        }
        return new Pacing(speed, lead);
    }

    /**
     * Paces audio on {@link Schedulers#parallel()}.
     *
     * @param audio the audio; see {@link AudioSignal.Chunk} for what is asked of the buffers
     * @param format of the audio, which tells how long it takes
     * @return the same audio in its time
     * @throws IllegalArgumentException for Opus, whose length in time cannot be told, unless there is no pacing
     */
    public Flux<ByteBuffer> apply(Flux<ByteBuffer> audio, AudioFormat format) {
        return apply(audio, format, Schedulers.parallel());
    }

    /**
     * Paces audio.
     *
     * @param audio the audio; see {@link AudioSignal.Chunk} for what is asked of the buffers
     * @param format of the audio, which tells how long it takes
     * @param scheduler whose clock and timers are used
     * @return the same audio in its time
     * @throws IllegalArgumentException for Opus, whose length in time cannot be told, unless there is no pacing
     */
    public Flux<ByteBuffer> apply(Flux<ByteBuffer> audio, AudioFormat format, Scheduler scheduler) {
        Objects.requireNonNull(scheduler, "scheduler");
        return isUnlimited()
                ? audio
                : new PacedFlux<>(audio, clocks(format), ByteBuffer::remaining, Pacing::copy, scheduler);
    }

    /**
     * Paces audio signals on {@link Schedulers#parallel()}.
     *
     * @param signals audio, commits and clears
     * @param format of the audio, which tells how long it takes
     * @return the same signals in their time
     * @throws IllegalArgumentException for Opus, whose length in time cannot be told, unless there is no pacing
     */
    public Flux<AudioSignal> apply(Publisher<? extends AudioSignal> signals, AudioFormat format) {
        return apply(signals, format, Schedulers.parallel());
    }

    /**
     * Paces audio signals.
     *
     * @param signals audio, commits and clears
     * @param format of the audio, which tells how long it takes
     * @param scheduler whose clock and timers are used
     * @return the same signals in their time
     * @throws IllegalArgumentException for Opus, whose length in time cannot be told, unless there is no pacing
     */
    public Flux<AudioSignal> apply(Publisher<? extends AudioSignal> signals, AudioFormat format, Scheduler scheduler) {
        Objects.requireNonNull(scheduler, "scheduler");
        Flux<AudioSignal> source = Flux.from(signals);
        return isUnlimited() ? source : new PacedFlux<>(source, clocks(format), Pacing::bytes, Pacing::copy, scheduler);
    }

    private boolean isUnlimited() {
        return speed == Double.POSITIVE_INFINITY;
    }

    private Supplier<PacingClock> clocks(AudioFormat format) {
        if (format.encoding() != Encoding.PCM) {
            throw new IllegalArgumentException(
                    "only PCM can be paced: the bytes of " + format.encoding() + " do not tell how long it takes");
        }
        long bytesPerSecond = format.bytesIn(Duration.ofSeconds(1));
        return () -> new PacingClock(bytesPerSecond, speed, lead.toNanos());
    }

    private static int bytes(AudioSignal signal) {
        return signal instanceof AudioSignal.Chunk chunk ? chunk.audio().remaining() : 0;
    }

    private static AudioSignal copy(AudioSignal signal) {
        return signal instanceof AudioSignal.Chunk chunk ? new AudioSignal.Chunk(copy(chunk.audio())) : signal;
    }

    private static ByteBuffer copy(ByteBuffer audio) {
        return ByteBuffer.allocate(audio.remaining())
                .order(audio.order())
                .put(audio.duplicate())
                .flip();
    }

    @Override
    public String toString() {
        return isUnlimited() ? "Pacing[none]" : "Pacing[speed=" + speed + ", lead=" + lead + "]";
    }
}
