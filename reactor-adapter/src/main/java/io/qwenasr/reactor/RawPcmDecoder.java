package io.qwenasr.reactor;

import io.qwenasr.audio.PcmConverter;
import java.nio.ByteBuffer;

/** All bytes are 16-bit little-endian mono PCM. */
record RawPcmDecoder(PcmConverter converter) implements PcmDecoder {

    @Override
    public void decode(ByteBuffer bytes, PcmChunks out) {
        out.add(converter.convert(bytes));
    }

    @Override
    public void finish(PcmChunks out) {
        out.add(converter.finish());
    }
}
