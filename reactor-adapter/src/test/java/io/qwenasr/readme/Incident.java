package io.qwenasr.readme;

import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.recording.Recording;
import io.qwenasr.reactor.recording.SessionRecorder;
import io.qwenasr.reactor.test.RecordedTranscriber;
import java.io.IOException;
import java.nio.file.Path;

/** The README's snippet about recordings, word for word. */
final class Incident {

    private Incident() {}

    static void run(Transcriber asr) throws IOException {
        // readme:recording
        Transcriber recorded =
                SessionRecorder.builder(asr, Path.of("/var/log/asr")).build();

        // One bad day later, in a test:
        Recording incident = Recording.read(Path.of("asr-20261122T101530123Z-7.jsonl"));
        Transcriber again = RecordedTranscriber.inTime(incident);
        // readme:end
        System.out.println(recorded + " " + again);
    }
}
