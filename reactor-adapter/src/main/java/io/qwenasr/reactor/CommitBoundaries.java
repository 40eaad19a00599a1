package io.qwenasr.reactor;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.audio.EnergyVoiceActivityDetector;
import io.qwenasr.audio.VoiceActivityDetector;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * Where the utterances of a manual session end: turns plain audio into audio and
 * {@linkplain AudioSignal.Commit commits}.
 *
 * <p>Made for {@code transform}: {@code audio.transform(CommitBoundaries.every(Duration.ofSeconds(10), format))}
 * is what a transcriber takes with {@linkplain io.qwenasr.SessionOptions.Builder#manual() manual} options. The
 * utterances of several publishers come from {@link #utterances(Flux, AudioFormat)}.
 *
 * <p>Contract of all boundaries:
 *
 * <ul>
 *   <li>A commit falls exactly between two samples; a chunk that reaches over it is split there. An odd byte is
 *       carried over to the next chunk, so each chunk here holds whole samples, at least one; half a sample at
 *       the very end of the audio is left out.
 *   <li>Neither samples nor their order change. How the source cuts its bytes into chunks has no influence on
 *       where commits fall (for {@link #when when}, as far as that is not the very thing that decides).
 *   <li>There is audio before each commit, since the previous one. When the audio completes, a commit ends what
 *       is not committed yet; when it fails, none is added.
 *   <li>An utterance that reaches the {@linkplain #withMaxUtterance greatest length} and goes on is committed
 *       right there, in the middle of a word if need be, and goes on as the next. Each time a line is logged
 *       at INFO to the logger of this class, with the length and the position on the audio timeline.
 *   <li>Demand is exact. One signal is emitted for each that was requested. A chunk is requested from the source,
 *       one at a time, only if a requested signal cannot be served otherwise; nothing is prefetched, and while a
 *       signal waits for demand nothing further is requested.
 *   <li>The source may reuse a buffer once {@code onNext} has returned: what has to wait then is copied, and so
 *       is a chunk that completes a split sample. What is emitted at once is a view of the source's own
 *       buffer, to be used during {@code onNext} only; see {@link AudioSignal.Chunk}.
 *   <li>Signals are emitted on the thread that brings the chunk, the tick or the request. There are no threads
 *       and no timers here.
 *   <li>A {@link QwenAsrClient} session whose turns the server detects refuses such a stream with an
 *       {@link io.qwenasr.InvalidSignalException}, before it connects if only operators of Reactor and of this
 *       library that have one source stand between; otherwise at the first commit, of which nothing is sent.
 *   <li>Cancelling cancels the source and whatever else was subscribed to, at once and from any thread.
 *   <li>An error of the source comes after the signals of the audio before it. Other errors come at once, cancel
 *       the source, and what still waits is dropped: one of the ticks, one thrown by a voice activity detector, a source
 *       that emits more than was requested ({@linkplain reactor.core.Exceptions#isOverflow overflow}).
 * </ul>
 *
 * <p>Immutable; one instance may serve any number of streams, each subscription with a state of its own.
 *
 * @since 0.1.0
 */
public final class CommitBoundaries implements Function<Flux<ByteBuffer>, Flux<AudioSignal>> {

    /** The longest utterance that manual mode allows, and the greatest length where none is named. */
    public static final Duration MAX_UTTERANCE = Duration.ofSeconds(60);

    private final AudioFormat format;
    private final LongFunction<BoundaryFinder> finders;
    private final @Nullable Publisher<?> ticks;
    private final Duration maxUtterance;

    private CommitBoundaries(
            AudioFormat format,
            LongFunction<BoundaryFinder> finders,
            @Nullable Publisher<?> ticks,
            Duration maxUtterance) {
        this.format = format;
        this.finders = finders;
        this.ticks = ticks;
        this.maxUtterance = maxUtterance;
    }

    private static CommitBoundaries of(
            AudioFormat format, LongFunction<BoundaryFinder> finders, @Nullable Publisher<?> ticks) {
        requirePcm(format);
        return new CommitBoundaries(format, finders, ticks, MAX_UTTERANCE);
    }

    /**
     * Makes all audio one utterance, committed when the audio completes.
     *
     * @param format of the audio
     * @return the boundary
     * @throws IllegalArgumentException if the format is not PCM
     */
    public static CommitBoundaries atEnd(AudioFormat format) {
        return of(format, maxBytes -> BoundaryFinder.NOTHING, null);
    }

    /**
     * Ends an utterance after each so much audio; the last may be shorter.
     *
     * <p>The commit goes out right after its last sample, without waiting for more audio.
     *
     * @param length of an utterance, rounded down to whole samples; at least one sample, at most
     *     {@link #MAX_UTTERANCE}. Of this and the greatest length the shorter counts
     * @param format of the audio
     * @return the boundaries
     * @throws IllegalArgumentException if the length is out of range or the format is not PCM
     */
    public static CommitBoundaries every(Duration length, AudioFormat format) {
        requirePcm(format);
        requireLength(length, format, "length");
        BoundaryFinder finder = new FixedLength(format.bytesIn(length));
        return of(format, maxBytes -> finder, null);
    }

    /**
     * Ends an utterance whenever another publisher emits: push-to-talk.
     *
     * <p>The commit comes after all audio that had arrived when the tick came. It is the next signal after that
     * audio, and counts as one: the chunk that was requested for it meanwhile waits for the next request. A tick without
     * audio since the last commit means nothing.
     *
     * <p>The ticks are subscribed to once per stream, before audio is requested, with unbounded demand. When they
     * complete, the audio goes on as one utterance; their error fails the stream; they are cancelled when the
     * stream ends or is cancelled. They may come on any thread.
     *
     * @param ticks each element ends an utterance, whatever it is
     * @param format of the audio
     * @return the boundaries
     * @throws IllegalArgumentException if the format is not PCM
     */
    public static CommitBoundaries when(Publisher<?> ticks, AudioFormat format) {
        return of(format, maxBytes -> BoundaryFinder.NOTHING, Objects.requireNonNull(ticks, "ticks"));
    }

    /**
     * Ends an utterance when silence follows speech, as heard by an {@link EnergyVoiceActivityDetector}.
     *
     * @param silence how much of it ends an utterance; see
     *     {@link #onSilence(Supplier, Duration, AudioFormat)}
     * @param format of the audio
     * @return the boundaries
     * @throws IllegalArgumentException if the silence is out of range or the format is not PCM
     */
    public static CommitBoundaries onSilence(Duration silence, AudioFormat format) {
        return onSilence(() -> EnergyVoiceActivityDetector.create(format.sampleRate()), silence, format);
    }

    /**
     * Ends an utterance when silence follows speech, as heard by a detector here rather than by the server.
     *
     * <p>The commit falls at the end of the frame that makes the silence long enough, so the silence belongs to
     * the utterance before it. Silence before speech belongs to the utterance that follows and counts towards its greatest
     * length, so it is not left to grow: while nothing was heard, an utterance is committed at half its greatest
     * length (after 30 s if no other length was set), without speech in it. What is said next so has at least the other
     * half. A word that begins at that very moment, within the time that the detector takes to tell speech, loses its
     * beginning to the utterance before. What follows the last boundary is committed when the audio completes.
     *
     * @param detectors gives a new detector for each subscription. One for another rate than the format's fails
     *     the stream with an {@link IllegalArgumentException}
     * @param silence how much of it ends an utterance, rounded up to whole frames of the detector; at least one
     *     sample, at most {@link #MAX_UTTERANCE}
     * @param format of the audio
     * @return the boundaries
     * @throws IllegalArgumentException if the silence is out of range or the format is not PCM
     */
    public static CommitBoundaries onSilence(
            Supplier<? extends VoiceActivityDetector> detectors, Duration silence, AudioFormat format) {
        Objects.requireNonNull(detectors, "detectors");
        requirePcm(format);
        requireLength(silence, format, "silence");
        return of(format, maxBytes -> silenceFinder(detectors.get(), silence, format, maxBytes), null);
    }

    private static BoundaryFinder silenceFinder(
            VoiceActivityDetector detector, Duration silence, AudioFormat format, long maxBytes) {
        if (detector.sampleRate() != format.sampleRate()) {
            throw new IllegalArgumentException("the voice activity detector is for " + detector.sampleRate()
                    + " Hz, but the audio has " + format.sampleRate());
        }
        if (detector.frameSamples() < 1) {
            throw new IllegalArgumentException("frames of the voice activity detector must have at least 1 sample, not "
                    + detector.frameSamples());
        }
        return new SilenceFinder(detector, format.bytesIn(silence), maxBytes);
    }

    /**
     * Makes each publisher's audio one utterance, of at most {@link #MAX_UTTERANCE}.
     *
     * @param utterances the audio of one utterance each; see {@link #utterances(Flux, AudioFormat, Duration)}
     * @param format of the audio
     * @return audio and commits
     * @throws IllegalArgumentException if the format is not PCM
     */
    public static Flux<AudioSignal> utterances(Flux<? extends Publisher<ByteBuffer>> utterances, AudioFormat format) {
        return utterances(utterances, format, MAX_UTTERANCE);
    }

    /**
     * Makes each publisher's audio one utterance.
     *
     * <p>The publishers are requested one at a time and subscribed to in their order, each after the previous one
     * has completed and its commit was emitted. One without audio is no utterance. Together they are one stream of
     * bytes, as from {@code window}: an odd byte at the end of one is carried over to the next. The error of
     * one is the error of all.
     *
     * @param utterances the audio of one utterance each
     * @param format of the audio
     * @param maxUtterance the greatest length; see {@link #withMaxUtterance}
     * @return audio and commits
     * @throws IllegalArgumentException if the length is out of range or the format is not PCM
     */
    public static Flux<AudioSignal> utterances(
            Flux<? extends Publisher<ByteBuffer>> utterances, AudioFormat format, Duration maxUtterance) {
        requirePcm(format);
        requireLength(maxUtterance, format, "maxUtterance");
        return new CommitFlux<Publisher<ByteBuffer>>(
                utterances,
                actual -> new UtterancesSubscriber(
                        actual, new UtteranceCutter(format, maxUtterance, BoundaryFinder.NOTHING)));
    }

    /**
     * Sets how long an utterance may become before it is cut.
     *
     * @param maxUtterance at least one sample, at most {@link #MAX_UTTERANCE}; rounded down to whole samples
     * @return the same boundaries with that limit
     * @throws IllegalArgumentException if it is out of range
     */
    public CommitBoundaries withMaxUtterance(Duration maxUtterance) {
        requireLength(maxUtterance, format, "maxUtterance");
        return new CommitBoundaries(format, finders, ticks, maxUtterance);
    }

    /**
     * Adds the commits to a stream of audio.
     *
     * @param audio in the format that was named; see {@link AudioSignal.Chunk} for what is asked of the buffers
     * @return audio and commits; cold, each subscription subscribes to the audio once
     */
    @Override
    public Flux<AudioSignal> apply(Flux<ByteBuffer> audio) {
        return new CommitFlux<ByteBuffer>(
                audio,
                actual -> new CommitSubscriber(
                        actual,
                        new UtteranceCutter(format, maxUtterance, finders.apply(format.bytesIn(maxUtterance))),
                        ticks));
    }

    private static void requirePcm(AudioFormat format) {
        if (format.encoding() != AudioFormat.Encoding.PCM) {
            throw new IllegalArgumentException("only PCM can be cut at samples, not " + format.encoding());
        }
    }

    private static void requireLength(Duration length, AudioFormat format, String name) {
        if (length.isNegative() || length.compareTo(MAX_UTTERANCE) > 0 || format.bytesIn(length) == 0) {
            throw new IllegalArgumentException(name + " must be at least one sample and at most 60 s, not " + length);
        }
    }
}
