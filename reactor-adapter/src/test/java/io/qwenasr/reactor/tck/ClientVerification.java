package io.qwenasr.reactor.tck;

import io.qwenasr.AudioSignal;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.testng.annotations.AfterClass;
import org.testng.annotations.BeforeClass;
import reactor.core.publisher.Flux;

/** A client's events, over a real socket. */
public class ClientVerification extends FluxVerification<TranscriptionEvent> {

    private static final Duration LIMIT = Duration.ofSeconds(20);

    private static final int SAMPLE = 2;

    private RunningServer server;

    /** Answers audio with an event for each of its samples. */
    private static Flux<TranscriptionEvent> echo(Flux<AudioSignal> audio) {
        return audio.ofType(AudioSignal.Chunk.class)
                .concatMap(chunk -> Flux.range(0, chunk.audio().remaining() / SAMPLE))
                .map(i -> new TranscriptionEvent.Unknown("echo", "{\"type\":\"echo\",\"number\":" + i + "}"));
    }

    @BeforeClass
    public void start() {
        server = QwenAsrServer.builder((audio, options) -> echo(Flux.from(audio)))
                .build()
                .start()
                .block(LIMIT);
    }

    @AfterClass
    public void stop() {
        server.stop(Duration.ofSeconds(5)).block(LIMIT);
    }

    @Override
    Flux<TranscriptionEvent> flux(int elements) {
        // The first event tells that the session is ready; none has fewer.
        int echoes = Math.max(0, elements - 1);
        return client().transcribe(Flux.just(ByteBuffer.allocate(SAMPLE * echoes)));
    }

    @Override
    Flux<TranscriptionEvent> failed() {
        return client().transcribe(Flux.error(new IllegalStateException("unplugged")));
    }

    @Override
    public long maxElementsFromPublisher() {
        return 1_000;
    }

    private QwenAsrClient client() {
        return QwenAsrClient.builder(server.endpoint()).build();
    }
}
