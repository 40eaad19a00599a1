package io.qwenasr.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.PooledByteBufAllocator;
import io.qwenasr.AudioSignal;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.AudioSourceException;
import io.qwenasr.reactor.Transcriber;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.core.io.buffer.DataBuffer;
import org.springframework.core.io.buffer.NettyDataBuffer;
import org.springframework.core.io.buffer.NettyDataBufferFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.test.StepVerifier;
import reactor.test.publisher.TestPublisher;

/** What the README's snippets about audio do. */
class SnippetsTest {

    private static final Duration BOUND = Duration.ofSeconds(20);
    private static final int HEADER = 44;
    private static final int SAMPLES = 8_000;

    private final NettyDataBufferFactory buffers = new NettyDataBufferFactory(PooledByteBufAllocator.DEFAULT);
    private final Queue<NettyDataBuffer> sent = new ConcurrentLinkedQueue<>();

    /** Hears how many bytes there were and the first sample. */
    private static final Transcriber LISTENER = (audio, options) -> Flux.from(audio)
            .ofType(AudioSignal.Chunk.class)
            .map(AudioSignal.Chunk::audio)
            .collectList()
            .map(chunks -> chunks.stream().mapToInt(ByteBuffer::remaining).sum() + " of "
                    + chunks.get(0).order(ByteOrder.LITTLE_ENDIAN).getShort())
            .<TranscriptionEvent>map(text -> new TranscriptionEvent.Final("item", text, null, null, null, null))
            .flux();

    /** 16 kHz; sample f of channel c is 100 (c + 1). */
    private static byte[] wav(int channels) {
        ByteBuffer bytes = ByteBuffer.allocate(HEADER + 2 * channels * SAMPLES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.put(ascii("RIFF")).putInt(bytes.capacity() - 8).put(ascii("WAVEfmt "));
        bytes.putInt(16).putShort((short) 1).putShort((short) channels).putInt(16_000);
        bytes.putInt(32_000 * channels).putShort((short) (2 * channels)).putShort((short) 16);
        bytes.put(ascii("data")).putInt(bytes.capacity() - HEADER);
        for (int i = 0; i < channels * SAMPLES; i++) {
            bytes.putShort((short) (100 * (i % channels + 1)));
        }
        return bytes.array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void channelsAreHeardInSessionsOfTheirOwn(@TempDir Path folder) throws IOException {
        Path call = Files.write(folder.resolve("call.wav"), wav(2));
        assertThat(SessionPerChannel.run(call, LISTENER)
                        .map(Object::toString)
                        .collectList()
                        .block(BOUND))
                .containsExactlyInAnyOrder("Said[channel=0, text=16000 of 100]", "Said[channel=1, text=16000 of 200]");
    }

    private DataBuffer buffer(byte[] bytes, int from, int to) {
        NettyDataBuffer buffer = buffers.allocateBuffer(Math.max(1, to - from));
        buffer.write(bytes, from, to - from);
        sent.add(buffer);
        return buffer;
    }

    private Flux<DataBuffer> body(byte[] bytes, int piece) {
        return Flux.range(0, (bytes.length + piece - 1) / piece)
                .map(i -> buffer(bytes, i * piece, Math.min(bytes.length, (i + 1) * piece)));
    }

    private void assertAllReleased(int least) {
        long end = System.nanoTime() + BOUND.toNanos();
        while (sent.stream().anyMatch(NettyDataBuffer::isAllocated) && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        assertThat(sent).hasSizeGreaterThanOrEqualTo(least).noneMatch(NettyDataBuffer::isAllocated);
    }

    private Flux<String> upload(Flux<DataBuffer> body) {
        return new Upload(LISTENER)
                .transcribe(body)
                .ofType(TranscriptionEvent.Final.class)
                .map(TranscriptionEvent.Final::transcript);
    }

    @Test
    void uploadIsHeardAndReleased() {
        assertThat(upload(body(wav(1), 1_000)).blockLast(BOUND)).isEqualTo("16000 of 100");
        assertAllReleased(17);
    }

    @Test
    void uploadIsReleasedWhenCancelled() {
        byte[] wav = wav(1);
        TestPublisher<DataBuffer> body = TestPublisher.create();
        StepVerifier.create(upload(body.flux()))
                .then(() -> body.next(buffer(wav, 0, 20), buffer(wav, 20, 5_000), buffer(wav, 5_000, 9_000)))
                .thenCancel()
                .verify(BOUND);
        body.assertCancelled();
        assertAllReleased(3);
    }

    @Test
    void uploadThatWaitsInAQueueIsReleasedWhenCancelled() {
        Transcriber stuck = (audio, options) -> Flux.from(audio).concatMap(signal -> Flux.never(), 1);
        // On a thread of its own, a cancel that meets a scheduled drain would leave the queue as it is.
        Flux<DataBuffer> ahead = body(wav(1), 1_000).publishOn(Schedulers.immediate(), 8);
        StepVerifier.create(new Upload(stuck).transcribe(ahead))
                .expectSubscription()
                .then(() -> {
                    long end = System.nanoTime() + BOUND.toNanos();
                    while (sent.size() < 11 && System.nanoTime() < end) {
                        LockSupport.parkNanos(1_000_000);
                    }
                })
                .thenCancel()
                .verify(BOUND);
        assertAllReleased(11);
    }

    @Test
    void uploadIsReleasedWhenItIsNoAudioAndWhenItBreaks() {
        StepVerifier.create(upload(body(new byte[50_000], 5)))
                .expectError(AudioSourceException.class)
                .verify(BOUND);
        assertAllReleased(3);

        StepVerifier.create(upload(body(wav(1), 1_000).take(3).concatWith(Mono.error(new IOException("reset")))))
                .expectErrorMessage("reset")
                .verify(BOUND);
        assertAllReleased(6);
    }
}
