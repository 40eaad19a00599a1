package io.qwenasr.readme;

import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.resume.ReconnectPolicy;
import io.qwenasr.reactor.resume.ResumingTranscriber;
import java.time.Duration;

/** The README's way through failures. */
final class Resuming {

    private Resuming() {}

    static Transcriber around(Transcriber asr) {
        // readme:resuming
        Transcriber resuming = ResumingTranscriber.of(asr)
                .keeping(Duration.ofMinutes(2))
                .reconnecting(ReconnectPolicy.DEFAULTS)
                .rollingOverBefore(Duration.ofHours(2));
        // readme:end
        return resuming;
    }
}
