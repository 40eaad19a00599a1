package io.qwenasr.readme;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.QwenAsrServer;
import io.qwenasr.reactor.RunningServer;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.test.Fault;
import io.qwenasr.reactor.test.FaultProxy;
import io.qwenasr.reactor.test.Moment;
import io.qwenasr.reactor.test.ScriptedTranscriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Flux;
import reactor.test.StepVerifier;

/** The README's example of a test, word for word, and what it tests. */
class CaptionsTest {

    private final Flux<ByteBuffer> audio = Flux.range(0, 20).map(i -> ByteBuffer.allocate(3_200));

    private static Flux<String> captions(Transcriber asr, Flux<ByteBuffer> audio) {
        return asr.transcribe(audio)
                .ofType(TranscriptionEvent.Final.class)
                .map(TranscriptionEvent.Final::transcript)
                .timeout(Duration.ofSeconds(30));
    }

    // readme:test
    @Test
    void showsWhatIsSaid() {
        ScriptedTranscriber asr = ScriptedTranscriber.finals("good morning", "and goodbye");

        StepVerifier.create(captions(asr, audio))
                .expectNext("good morning", "and goodbye")
                .verifyComplete();

        assertEquals(64_000, asr.session(1).bytes());
    }

    @Test
    void givesUpOnAServiceThatFallsSilent() {
        ScriptedTranscriber asr = ScriptedTranscriber.script()
                .at(Duration.ofSeconds(1))
                .say("good morning")
                .hang()
                .build();

        StepVerifier.withVirtualTime(() -> captions(asr, audio))
                .expectNext("good morning")
                .expectNoEvent(Duration.ofSeconds(30))
                .verifyError(TimeoutException.class);
    }
    // readme:end

    // readme:faults
    @Test
    void triesAgainWhenTheConnectionIsLost() {
        RunningServer server = QwenAsrServer.builder(ScriptedTranscriber.finals("good morning"))
                .build()
                .start()
                .block();
        try (FaultProxy proxy = FaultProxy.builder(server.endpoint())
                .connection(1, Fault.reset(Moment.clientEvent("input_audio_buffer.append", 10)))
                .connection(2, Fault.reject(503))
                .start()) {
            Transcriber asr = QwenAsrClient.builder(proxy.endpoint()).build();

            StepVerifier.create(captions(asr, audio).retry(2))
                    .expectNext("good morning")
                    .verifyComplete();
        }
        server.stop(Duration.ofSeconds(1)).block();
    }
    // readme:end
}
