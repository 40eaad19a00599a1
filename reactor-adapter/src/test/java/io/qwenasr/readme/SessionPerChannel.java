package io.qwenasr.readme;

import io.qwenasr.AudioFormat;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.AudioSources;
import io.qwenasr.reactor.Transcriber;
import java.nio.file.Path;
import reactor.core.publisher.Flux;

/** The README's snippet about channels, word for word. */
final class SessionPerChannel {

    private SessionPerChannel() {}

    static Flux<? extends Record> run(Path call, Transcriber asr) {
        // readme:channels
        record Said(int channel, String text) {}

        Flux<Said> dialogue = AudioSources.channels(call)
                .flatMapMany(channels -> Flux.range(0, channels))
                .flatMap(channel -> AudioSources.file(call, AudioFormat.PCM_16K, channel)
                        .transform(asr::transcribe)
                        .ofType(TranscriptionEvent.Final.class)
                        .map(utterance -> new Said(channel, utterance.transcript())));
        // readme:end
        return dialogue;
    }
}
