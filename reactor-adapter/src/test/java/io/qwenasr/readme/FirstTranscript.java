package io.qwenasr.readme;

import io.qwenasr.AudioFormat;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.AudioSources;
import io.qwenasr.reactor.Endpoint;
import io.qwenasr.reactor.QwenAsrClient;
import io.qwenasr.reactor.Transcriber;
import java.nio.file.Path;

/** The README's first snippet, word for word. */
final class FirstTranscript {

    private FirstTranscript() {}

    static void run() {
        // readme:first
        Transcriber asr = QwenAsrClient.builder(Endpoint.beijing())
                .apiKey(() -> System.getenv("DASHSCOPE_API_KEY"))
                .build();

        AudioSources.file(Path.of("call.wav"), AudioFormat.PCM_16K)
                .transform(asr::transcribe)
                .ofType(TranscriptionEvent.Final.class)
                .doOnNext(utterance -> System.out.println(utterance.start() + " " + utterance.transcript()))
                .blockLast();
        // readme:end
    }
}
