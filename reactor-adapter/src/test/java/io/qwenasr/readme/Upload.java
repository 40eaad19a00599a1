package io.qwenasr.readme;

import io.qwenasr.AudioFormat;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.AudioSources;
import io.qwenasr.reactor.Transcriber;
import java.nio.ByteBuffer;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.DataBufferUtils;
import reactor.core.publisher.Flux;

/** The README's snippet about uploads, word for word. */
final class Upload {

    private final Transcriber asr;

    Upload(Transcriber asr) {
        this.asr = asr;
    }

    // readme:upload
    Flux<TranscriptionEvent> transcribe(Flux<DataBuffer> body) {
        Flux<ByteBuffer> file = body.map(buffer -> {
                    byte[] bytes = new byte[buffer.readableByteCount()];
                    buffer.read(bytes);
                    DataBufferUtils.release(buffer);
                    return ByteBuffer.wrap(bytes);
                })
                .doOnDiscard(DataBuffer.class, DataBufferUtils::release);
        return AudioSources.decode(file, AudioFormat.PCM_16K).transform(asr::transcribe);
    }
    // readme:end
}
