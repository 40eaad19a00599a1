package io.qwenasr.reactor.tck;

import io.qwenasr.AudioFormat;
import io.qwenasr.reactor.AudioSources;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import reactor.core.publisher.Flux;

/** An audio file, decoded while its bytes come in. */
public class DecodeVerification extends FluxVerification<ByteBuffer> {

    private static final int CHUNK = 3_200;
    private static final int PIECE = 700;

    /** A WAV file of silence. */
    private static byte[] wav(int dataBytes) {
        ByteBuffer wav = ByteBuffer.allocate(44 + dataBytes).order(ByteOrder.LITTLE_ENDIAN);
        wav.put(ascii("RIFF")).putInt(36 + dataBytes).put(ascii("WAVEfmt ")).putInt(16);
        wav.putShort((short) 1).putShort((short) 1).putInt(16_000).putInt(32_000);
        wav.putShort((short) 2).putShort((short) 16);
        return wav.put(ascii("data")).putInt(dataBytes).array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Override
    Flux<ByteBuffer> flux(int elements) {
        byte[] file = wav(elements * CHUNK);
        int pieces = (file.length + PIECE - 1) / PIECE;
        Flux<ByteBuffer> upload = Flux.range(0, pieces)
                .map(i -> ByteBuffer.wrap(file, i * PIECE, Math.min(PIECE, file.length - i * PIECE)));
        Flux<ByteBuffer> audio = AudioSources.decode(upload, AudioFormat.PCM_16K);
        // A file without a sample is an error; there is no empty flux otherwise.
        return elements == 0 ? audio.onErrorComplete() : audio;
    }

    @Override
    public long maxElementsFromPublisher() {
        return 1_000;
    }

    @Override
    Flux<ByteBuffer> failed() {
        return AudioSources.decode(Flux.error(new IllegalStateException("aborted")), AudioFormat.PCM_16K);
    }
}
