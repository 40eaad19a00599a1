package io.qwenasr.readme;

import io.qwenasr.AudioFormat;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.AudioSources;
import io.qwenasr.reactor.Endpoint;
import io.qwenasr.reactor.Pacing;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.Transcriber;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import reactor.core.publisher.Flux;

/** The README's first snippet, word for word. */
final class FirstTranscript {

    private FirstTranscript() {}

    static void run() {
        // readme:first
        Transcriber asr = QwenAsrClient.builder(Endpoint.beijing())
                .apiKey(() -> System.getenv("DASHSCOPE_API_KEY"))
                .build();

        Flux<ByteBuffer> recording = AudioSources.file(Path.of("call.wav"), AudioFormat.PCM_16K);

        Pacing.realTime()
                .apply(recording, AudioFormat.PCM_16K)
                .transform(asr::transcribe)
                .ofType(TranscriptionEvent.Final.class)
                .doOnNext(utterance -> System.out.println(utterance.start() + " " + utterance.transcript()))
                .blockLast();
        // readme:end
    }
}
