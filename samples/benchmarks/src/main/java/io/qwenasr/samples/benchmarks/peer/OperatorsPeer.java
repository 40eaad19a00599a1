package io.qwenasr.samples.benchmarks.peer;

import io.qwenasr.AudioFormat;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.CommitBoundaries;
import io.qwenasr.reactor.Pacing;
import io.qwenasr.reactor.QwenAsrClient;
import java.nio.ByteBuffer;
import java.time.Duration;
import reactor.core.publisher.Flux;

/** This library in manual mode, its operators between the audio and the session. */
final class OperatorsPeer extends QwenAsrPeer {

    @Override
    Flux<TranscriptionEvent> transcribe(QwenAsrClient client, Flux<ByteBuffer> audio) {
        return Pacing.none()
                .apply(audio, AudioFormat.PCM_16K)
                .transform(CommitBoundaries.every(Duration.ofSeconds(10), AudioFormat.PCM_16K))
                .transform(signals -> client.transcribe(
                        signals, SessionOptions.builder().manual().build()));
    }
}
