package io.qwenasr.reactor.tck;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.reactor.resume.ResumingTranscriber;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/** What a resuming transcriber passes on of a session. */
public class ResumeVerification extends FluxVerification<TranscriptionEvent> {

    private static final int SAMPLE = 2;

    @Override
    Flux<TranscriptionEvent> flux(int elements) {
        // The summary is the last event; none has fewer.
        int own = Math.max(0, elements - 1);
        Transcriber session = (audio, options) -> Flux.from(audio)
                .thenMany(Flux.range(0, own))
                .map(i -> new TranscriptionEvent.Unknown("echo", "{\"type\":\"echo\",\"number\":" + i + "}"));
        return ResumingTranscriber.of(session).transcribe(Flux.just(ByteBuffer.allocate(SAMPLE)));
    }

    /** None: the summary comes before an error, too. */
    @Override
    @Nullable Flux<TranscriptionEvent> failed() {
        return null;
    }

    @Override
    boolean answersBadRequests() {
        return false;
    }

    @Override
    public long maxElementsFromPublisher() {
        return 1_000;
    }
}
