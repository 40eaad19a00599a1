package io.qwenasr.reactor;

import io.qwenasr.reactor.AudioSourceException.Reason;
import java.io.InputStream;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;

/** Headerless 16-bit little-endian mono PCM from a stream of the caller's. */
record RawPcmSource(Callable<? extends InputStream> input, int sampleRate) implements PcmSource {

    @Override
    public PcmStream open() throws Exception {
        return new PcmStream(Objects.requireNonNull(input.call(), "there is no stream"), 1, sampleRate);
    }

    @Override
    public RuntimeException failure(Exception cause) {
        return cause instanceof AudioSourceException named
                ? named
                : new AudioSourceException(Reason.UNREADABLE, "cannot read raw audio: " + cause.getMessage(), cause);
    }

    @Override
    public @Nullable RuntimeException empty() {
        return null;
    }

    @Override
    public boolean looksAhead() {
        return false;
    }
}
