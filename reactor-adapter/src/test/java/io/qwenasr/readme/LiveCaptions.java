package io.qwenasr.readme;

import io.qwenasr.AudioFormat;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.AudioSources;
import io.qwenasr.reactor.LiveBuffer;
import io.qwenasr.reactor.Transcriber;
import java.time.Duration;
import reactor.core.Disposable;

/** The README's snippet about live audio, word for word. */
final class LiveCaptions {

    private LiveCaptions() {}

    static void run(Transcriber asr) {
        // readme:live
        Disposable listening = AudioSources.microphone(AudioFormat.PCM_16K)
                .transform(LiveBuffer.dropOldest(Duration.ofSeconds(10), AudioFormat.PCM_16K)::apply)
                .transform(asr::transcribeSignals)
                .subscribe(event -> {
                    if (event instanceof TranscriptionEvent.Final utterance) {
                        System.out.println(utterance.transcript());
                    } else if (event instanceof TranscriptionEvent.AudioDropped lost) {
                        System.out.println("[" + lost.length() + " lost at " + lost.start() + "]");
                    }
                });
        // readme:end
        listening.dispose();
    }
}
