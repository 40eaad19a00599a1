package io.qwenasr.samples.benchmarks.peer;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.Transcripts;
import java.nio.ByteBuffer;
import reactor.core.publisher.Flux;

/** This library for a viewer that is slow: of the partials that wait, only the latest is kept. */
final class LatestPartialPeer extends QwenAsrPeer {

    @Override
    Flux<TranscriptionEvent> transcribe(QwenAsrClient client, Flux<ByteBuffer> audio) {
        return audio.transform(client::transcribe).transform(Transcripts::latestPartial);
    }
}
