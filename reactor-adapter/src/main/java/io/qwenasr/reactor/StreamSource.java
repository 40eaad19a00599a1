package io.qwenasr.reactor;

import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;

/**
 * Audio from a stream of the caller's, which may be live.
 *
 * @param input opens the stream
 * @param errors names it
 * @param blockBytes how many bytes to read at most at a time
 * @param decoders gives a decoder for a target rate
 */
record StreamSource(
        Callable<? extends InputStream> input, AudioErrors errors, int blockBytes, IntFunction<PcmDecoder> decoders)
        implements PcmSource {

    @Override
    public InputStream open() throws Exception {
        return Objects.requireNonNull(input.call(), "there is no stream");
    }

    @Override
    public PcmDecoder decoder(InputStream opened, int targetRate) {
        return decoders.apply(targetRate);
    }

    @Override
    public AudioSourceException failure(Exception cause) {
        return errors.named(cause);
    }

    @Override
    public boolean looksAhead() {
        return false;
    }
}
