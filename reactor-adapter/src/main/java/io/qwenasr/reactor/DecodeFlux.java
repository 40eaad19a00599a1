package io.qwenasr.reactor;

import java.nio.ByteBuffer;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxOperator;

/**
 * Decodes the bytes of one audio file as they come.
 *
 * <p>An operator of its own because {@code concatMap} and its kin request an element of the source that nobody
 * downstream has requested.
 */
final class DecodeFlux extends FluxOperator<ByteBuffer, ByteBuffer> {

    private final int targetRate;
    private final int channel;

    DecodeFlux(Flux<? extends ByteBuffer> source, int targetRate, int channel) {
        super(source);
        this.targetRate = targetRate;
        this.channel = channel;
    }

    @Override
    public void subscribe(CoreSubscriber<? super ByteBuffer> actual) {
        source.subscribe(new DecodeSubscriber(
                actual, new AudioFileDecoder(AudioErrors.STREAM, channel, targetRate), new PcmChunks(targetRate)));
    }
}
