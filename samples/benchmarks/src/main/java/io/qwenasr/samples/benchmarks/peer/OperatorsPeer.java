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
import reactor.core.scheduler.Schedulers;

/** This library in manual mode, its operators between the audio and the session. Audio is paced, but nothing ever waits. */
final class OperatorsPeer extends QwenAsrPeer {

    private static final double FASTEST = 1_000;

    @Override
    Flux<TranscriptionEvent> transcribe(QwenAsrClient client, Flux<ByteBuffer> audio) {
        return Pacing.realTime(FASTEST)
                .apply(audio, AudioFormat.PCM_16K, new FastClock(Schedulers.parallel()))
                .transform(CommitBoundaries.every(Duration.ofSeconds(10), AudioFormat.PCM_16K))
                .transform(signals -> client.transcribe(
                        signals, SessionOptions.builder().manual().build()));
    }
}
