package io.qwenasr.reactor;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioFormat.Encoding;
import io.qwenasr.audio.Resampler;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/**
 * Audio from files and streams, as a transcriber takes it.
 *
 * <p>Contract of every source here:
 *
 * <ul>
 *   <li>Cold: each subscription opens and reads from the start.
 *   <li>Emits 16-bit little-endian mono PCM at the target's rate, in chunks of 100 ms (3,200 bytes at 16 kHz),
 *       the last one shorter. Each chunk is a heap buffer of its own, which the receiver may keep. How the
 *       source's reads were cut does not show.
 *   <li>Demand: one chunk is read per requested element, nothing is read that was not requested but for the
 *       rest of a block of 100 ms.
 *   <li>Threads: opening, reading and closing block, so they happen on {@link Schedulers#boundedElastic()}, one
 *       thread at a time, and chunks are emitted there. Requesting and cancelling never block and may come from
 *       an event loop.
 *   <li>The stream is closed on completion, error and cancel. A read that is in progress when cancelled is
 *       interrupted; where the platform cannot interrupt it, as for standard input, the stream is closed when
 *       it returns.
 *   <li>Errors are {@link AudioSourceException}s. The stream is opened on subscription, without waiting for
 *       demand, so that a missing file is told at once.
 * </ul>
 *
 * <p>A source gives audio as fast as it is requested; see {@link Pacing} for real time.
 *
 * @since 0.1.0
 */
public final class AudioSources {

    private AudioSources() {}

    /**
     * Reads an audio file: whatever {@code javax.sound.sampled} reads, which is WAV, AIFF and AU with integer
     * PCM of 8 to 32 bits, float, mu-law or A-law, and what installed providers add.
     *
     * <p>8,000 to 192,000 Hz, 1 to 64 channels, which are mixed by their average. A file that ends before the
     * length in its header is read as far as it goes; a WAV whose writer left the length open (zero or
     * 0xFFFFFFFF) is read to its end. A file without a single sample is an error.
     *
     * @param file the file; a named pipe will do
     * @param target PCM at the rate wanted
     * @return the audio; completes with its last chunk
     * @throws IllegalArgumentException if the target is not PCM
     */
    public static Flux<ByteBuffer> file(Path file, AudioFormat target) {
        return read(new AudioFileDecoder(Objects.requireNonNull(file, "file")), target);
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
        return read(new RawPcmSource(input, sampleRate), target);
    }

    private static Flux<ByteBuffer> read(PcmSource source, AudioFormat target) {
        if (target.encoding() != Encoding.PCM) {
            throw new IllegalArgumentException("files and streams are decoded to PCM, not to " + target.encoding());
        }
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
}
