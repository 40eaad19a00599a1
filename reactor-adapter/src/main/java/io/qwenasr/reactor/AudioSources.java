package io.qwenasr.reactor;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioFormat.Encoding;
import io.qwenasr.audio.PcmConverter;
import io.qwenasr.audio.Resampler;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.LongSupplier;
import javax.sound.sampled.Mixer;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Audio from files, streams and microphones, as a transcriber takes it.
 *
 * <p>Contract of every source here:
 *
 * <ul>
 *   <li>Cold: each subscription opens, or subscribes, and reads from the start.
 *   <li>Emits 16-bit little-endian mono PCM at the target's rate, in chunks of 100 ms (3,200 bytes at 16 kHz),
 *       the last one shorter; a microphone's have 20 ms. Each chunk is a heap buffer of its own, which the receiver
 *       may keep. How the source's bytes were cut does not show.
 *   <li>Errors are {@link AudioSourceException}s, for {@link #decode decode} those of the file; the errors of its
 *       source pass through.
 * </ul>
 *
 * <p>Contract of those that read a file or a stream, which is all but {@code decode}:
 *
 * <ul>
 *   <li>Demand: one chunk is read per requested element, nothing is read that was not requested but for the
 *       rest of a block (of 8 KiB, or of 100 ms if raw).
 *   <li>Threads: opening, reading and closing block, so they happen on {@link Schedulers#boundedElastic()}, one
 *       thread at a time, and chunks are emitted there, unless they wait for their time. Requesting and cancelling never block and may come from
 *       an event loop.
 *   <li>The stream is closed on completion, error and cancel. A read that is in progress when cancelled is
 *       interrupted; where the platform cannot interrupt it, as for standard input, the stream is closed when
 *       it returns.
 *   <li>The stream is opened and its header read on subscription, without waiting for demand, so that a missing
 *       file, or one that cannot be read, is told at once.
 * </ul>
 *
 * <p>Audio files, for all but {@code raw}, are:
 *
 * <ul>
 *   <li>WAV (also extensible, also RIFX), AIFF, AIFF-C and AU with integer PCM of 8 to 32 bits, float of 32 or 64 bits,
 *       mu-law or A-law; 8,000 to 192,000 Hz; 1 to 64 channels. Samples of 8 and 16 bits, mu-law and A-law keep their exact
 *       value, wider ones are rounded to the nearest of 16 bits, and float beyond full scale is limited.
 *   <li>Channels are mixed by their average. The methods with a {@code channel} take that one alone, counted from 0,
 *       which is the left one of two: so the two sides of a recorded call become two sessions.
 *   <li>A file that ends before the length in its header is read as far as it goes. A file whose writer left the
 *       length open (zero with nothing announced after it, or 0xFFFFFFFF), as when it wrote to a pipe, is read to its
 *       end. What comes after the samples is ignored. A file without a single sample is an error.
 *   <li>Not read: rates below 8,000 Hz, RF64 and BW64 (WAV of more than 4 GiB), and all that is compressed further. What
 *       a library decodes to 16-bit mono PCM goes through {@link #raw raw}.
 * </ul>
 *
 * <p>A file comes in real time unless it is given another {@link Pacing}: how much faster the hosted service takes audio
 * is not known. The bytes of {@code stream}, {@code decode} and {@code raw} are the caller's, whose pace is unknown here,
 * and may be live: they are not paced, {@link Pacing#apply(Flux, AudioFormat)} does it. A microphone does not wait; see
 * {@link LiveBuffer} for that.
 *
 * @since 0.1.0
 */
public final class AudioSources {

    /** Chunks of recordings. */
    static final int CHUNKS_PER_SECOND = 10;

    private AudioSources() {}

    /**
     * Reads an audio file {@linkplain Pacing#realTime() in real time}; chunks that wait for their time are emitted on
     * {@link Schedulers#parallel()}.
     *
     * @param file the file; a named pipe will do
     * @param target PCM at the rate wanted
     * @return the audio, all channels mixed; completes with its last chunk
     * @throws IllegalArgumentException if the target is not PCM
     */
    public static Flux<ByteBuffer> file(Path file, AudioFormat target) {
        return file(file, target, Pacing.realTime());
    }

    /**
     * Reads an audio file at a pace.
     *
     * @param file the file; a named pipe will do
     * @param target PCM at the rate wanted
     * @param pacing such as {@link Pacing#none()}: as fast as it is requested
     * @return the audio, all channels mixed; completes with its last chunk
     * @throws IllegalArgumentException if the target is not PCM
     */
    public static Flux<ByteBuffer> file(Path file, AudioFormat target, Pacing pacing) {
        return paced(file, SampleDecoder.ALL, target, pacing);
    }

    /**
     * Reads one channel of an audio file {@linkplain Pacing#realTime() in real time}; see
     * {@link #file(Path, AudioFormat)}.
     *
     * @param file the file; a named pipe will do
     * @param target PCM at the rate wanted
     * @param channel number of the channel, 0 to 63; 0 is the first, which is the left one of two. A file that has
     *     fewer channels is an error, {@link AudioSourceException.Reason#NO_SUCH_CHANNEL}
     * @return the audio of that channel; completes with its last chunk
     * @throws IllegalArgumentException if the channel is out of range or the target is not PCM
     */
    public static Flux<ByteBuffer> file(Path file, AudioFormat target, int channel) {
        return file(file, target, channel, Pacing.realTime());
    }

    /**
     * Reads one channel of an audio file at a pace.
     *
     * @param file the file; a named pipe will do
     * @param target PCM at the rate wanted
     * @param channel number of the channel; see {@link #file(Path, AudioFormat, int)}
     * @param pacing such as {@link Pacing#none()}: as fast as it is requested
     * @return the audio of that channel; completes with its last chunk
     * @throws IllegalArgumentException if the channel is out of range or the target is not PCM
     */
    public static Flux<ByteBuffer> file(Path file, AudioFormat target, int channel, Pacing pacing) {
        return paced(file, checked(channel), target, pacing);
    }

    private static Flux<ByteBuffer> paced(Path file, int channel, AudioFormat target, Pacing pacing) {
        return pacing.apply(read(new AudioFileSource(Objects.requireNonNull(file, "file"), channel), target), target);
    }

    /**
     * Tells how many channels an audio file has, by reading its header on {@link Schedulers#boundedElastic()}.
     *
     * @param file the file; not a pipe, whose header could not be read a second time
     * @return the number of channels, 1 to 64; fails as {@link #file(Path, AudioFormat)} does if the header cannot be
     *     read
     */
    public static Mono<Integer> channels(Path file) {
        AudioFileSource source = new AudioFileSource(Objects.requireNonNull(file, "file"), SampleDecoder.ALL);
        return Mono.fromCallable(source::channels).subscribeOn(Schedulers.boundedElastic());
    }

    /**
     * Reads an audio file from a stream, as from a pipe, a resource or an archive.
     *
     * <p>A chunk is emitted as soon as its audio is there. Each subscription asks for a stream and closes it in
     * the end.
     *
     * @param input opens the stream; called on the thread that reads, an exception of its own becomes
     *     {@link AudioSourceException.Reason#UNREADABLE}
     * @param target PCM at the rate wanted
     * @return the audio, all channels mixed; its completion may take a request beyond the last chunk
     * @throws IllegalArgumentException if the target is not PCM
     */
    public static Flux<ByteBuffer> stream(Callable<? extends InputStream> input, AudioFormat target) {
        return read(encoded(input, SampleDecoder.ALL), target);
    }

    /**
     * Reads one channel of an audio file from a stream; see {@link #stream(Callable, AudioFormat)}.
     *
     * @param input opens the stream
     * @param target PCM at the rate wanted
     * @param channel number of the channel; see {@link #file(Path, AudioFormat, int)}
     * @return the audio of that channel
     * @throws IllegalArgumentException if the channel is out of range or the target is not PCM
     */
    public static Flux<ByteBuffer> stream(Callable<? extends InputStream> input, AudioFormat target, int channel) {
        return read(encoded(input, checked(channel)), target);
    }

    /**
     * Decodes an audio file while its bytes come in, as from the body of an HTTP request.
     *
     * <ul>
     *   <li>Demand is exact: a buffer is requested from the source, one at a time, only if a requested chunk cannot be
     *       had otherwise, so the first chunk may take several. Nothing is prefetched.
     *   <li>A buffer is decoded as a whole when it comes: what waits to be requested is at most what one buffer holds,
     *       and a chunk. Its position is not moved, and it is not kept: the source may reuse or release it
     *       once {@code onNext} has returned.
     *   <li>No thread, no timer, nothing blocks: chunks are emitted on the thread that brings the bytes or the request.
     *   <li>With the last sample that the header announces the source is cancelled and the audio ends; what would
     *       have followed is not waited for. Cancelling cancels the source at once and from any thread.
     *   <li>An error of the source comes after the whole chunks of what was decoded before it. Errors of the file, and of
     *       a source that emits more than was requested ({@linkplain reactor.core.Exceptions#isOverflow overflow}), come
     *       at once and cancel the source.
     * </ul>
     *
     * <p>To hear several channels of one upload, share it: {@code Flux<ByteBuffer> shared =
     * bytes.publish(1).refCount(2)} feeds two calls with a {@code channel} each. It goes at the pace of the
     * slower one, and its buffers must be the subscribers' to keep.
     *
     * @param file the bytes of the file, cut anywhere
     * @param target PCM at the rate wanted
     * @return the audio, all channels mixed; completes with its last chunk if the header tells the length
     * @throws IllegalArgumentException if the target is not PCM
     */
    public static Flux<ByteBuffer> decode(Publisher<? extends ByteBuffer> file, AudioFormat target) {
        requirePcm(target);
        return new DecodeFlux(Flux.from(file), target.sampleRate(), SampleDecoder.ALL);
    }

    /**
     * Decodes one channel of an audio file while its bytes come in; see {@link #decode(Publisher, AudioFormat)}.
     *
     * @param file the bytes of the file, cut anywhere
     * @param target PCM at the rate wanted
     * @param channel number of the channel; see {@link #file(Path, AudioFormat, int)}
     * @return the audio of that channel
     * @throws IllegalArgumentException if the channel is out of range or the target is not PCM
     */
    public static Flux<ByteBuffer> decode(Publisher<? extends ByteBuffer> file, AudioFormat target, int channel) {
        requirePcm(target);
        return new DecodeFlux(Flux.from(file), target.sampleRate(), checked(channel));
    }

    /**
     * Reads raw 16-bit little-endian mono PCM, as from a pipe or standard input.
     *
     * <p>A chunk is emitted as soon as its audio is there. Each subscription asks for a stream and closes it in
     * the end. A stream without bytes is an empty audio, not an error; an odd byte at the end is dropped.
     *
     * @param input opens the stream; called on the thread that reads, an exception of its own becomes
     *     {@link AudioSourceException.Reason#UNREADABLE}
     * @param sampleRate of the stream, 8,000 to 192,000 Hz
     * @param target PCM at the rate wanted
     * @return the audio; its completion may take a request beyond the last chunk, since only reading on tells
     *     that a stream has ended
     * @throws IllegalArgumentException if the rate is out of range or the target is not PCM
     */
    public static Flux<ByteBuffer> raw(Callable<? extends InputStream> input, int sampleRate, AudioFormat target) {
        Objects.requireNonNull(input, "input");
        if (sampleRate < Resampler.MIN_RATE || sampleRate > Resampler.MAX_RATE) {
            throw new IllegalArgumentException("sampleRate must be " + Resampler.MIN_RATE + " to " + Resampler.MAX_RATE
                    + " Hz, not " + sampleRate);
        }
        StreamSource source = new StreamSource(
                input,
                AudioErrors.RAW,
                sampleRate / PcmChunks.PER_SECOND * Short.BYTES,
                targetRate -> new RawPcmDecoder(PcmConverter.create(1, sampleRate, targetRate)));
        return read(source, target);
    }

    private static StreamSource encoded(Callable<? extends InputStream> input, int channel) {
        return new StreamSource(
                Objects.requireNonNull(input, "input"),
                AudioErrors.STREAM,
                AudioFileSource.BLOCK_BYTES,
                targetRate -> new AudioFileDecoder(AudioErrors.STREAM, channel, targetRate));
    }

    /**
     * Records from the default microphone; see {@link #microphone(AudioFormat, Mixer.Info)}.
     *
     * @param target PCM at the rate wanted
     * @return the audio; never completes
     * @throws IllegalArgumentException if the target is not PCM
     */
    public static Flux<ByteBuffer> microphone(AudioFormat target) {
        return microphone(target, new SystemRecordingDevices(null), System::nanoTime);
    }

    /**
     * Records from a microphone, by {@code javax.sound.sampled}.
     *
     * <p>The device is opened on subscription and records from the first request on, until cancelled. Where it does
     * not offer the target's rate it is opened at 48 or 44.1 kHz, with two channels if not with one, and converted.
     * Chunks have 20 ms rather than 100: each comes when its last sample was spoken, and commits of
     * {@link CommitBoundaries} are as exact as the chunks are short.
     *
     * <p>A microphone does not wait for a slow subscriber, and never loses audio without saying so: the device's own
     * buffer holds about 5 s (less if the device cannot) while nothing is requested or the JVM pauses. If that runs over,
     * the next request fails with an {@linkplain reactor.core.Exceptions#isOverflow overflow error}. Put a
     * {@link LiveBuffer} behind it for more, or for another policy:
     * {@code LiveBuffer.dropOldest(Duration.ofSeconds(10), format).apply(AudioSources.microphone(format))}.
     *
     * <p>A device that cannot be opened is {@link AudioSourceException.Reason#NO_MICROPHONE}, whose message lists
     * those that there are; one that stops giving audio, as when unplugged, is
     * {@link AudioSourceException.Reason#UNREADABLE} after 5 s. Where the operating system forbids recording it may
     * give silence instead of an error.
     *
     * @param target PCM at the rate wanted
     * @param device one of {@link javax.sound.sampled.AudioSystem#getMixerInfo()}
     * @return the audio; never completes
     * @throws IllegalArgumentException if the target is not PCM
     */
    public static Flux<ByteBuffer> microphone(AudioFormat target, Mixer.Info device) {
        Objects.requireNonNull(device, "device");
        return microphone(target, new SystemRecordingDevices(device), System::nanoTime);
    }

    static Flux<ByteBuffer> microphone(AudioFormat target, RecordingDevices devices, LongSupplier nanos) {
        return read(new Microphone(devices, target.sampleRate(), nanos), target);
    }

    private static Flux<ByteBuffer> read(PcmSource source, AudioFormat target) {
        requirePcm(target);
        return Flux.defer(() -> {
            ChunkReader reader = new ChunkReader(source, target.sampleRate());
            return Flux.<ByteBuffer, ChunkReader>generate(
                            reader::open,
                            (state, sink) -> {
                                state.next(sink);
                                return state;
                            },
                            ChunkReader::close)
                    .subscribeOn(Schedulers.boundedElastic())
                    .doOnCancel(reader::cancel);
        });
    }

    private static void requirePcm(AudioFormat target) {
        if (target.encoding() != Encoding.PCM) {
            throw new IllegalArgumentException("files and streams are decoded to PCM, not to " + target.encoding());
        }
    }

    private static int checked(int channel) {
        if (channel < 0 || channel >= PcmConverter.MAX_CHANNELS) {
            throw new IllegalArgumentException(
                    "channel must be 0 to " + (PcmConverter.MAX_CHANNELS - 1) + ", counted from 0, not " + channel);
        }
        return channel;
    }
}
