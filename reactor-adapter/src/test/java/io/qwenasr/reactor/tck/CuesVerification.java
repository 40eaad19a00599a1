package io.qwenasr.reactor.tck;

import io.qwenasr.reactor.captions.Cue;
import io.qwenasr.reactor.captions.Subtitles;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Schedulers;

/** Transcripts, each of one cue, from a thread of their own. */
public class CuesVerification extends FluxVerification<Cue> {

    @Override
    Flux<Cue> flux(int elements) {
        return LatestPartialVerification.finals(elements)
                .subscribeOn(Schedulers.parallel())
                .transform(Subtitles::cues);
    }

    @Override
    Flux<Cue> failed() {
        return Subtitles.cues(Flux.error(new IllegalStateException("gone")));
    }

    @Override
    boolean answersBadRequests() {
        return false;
    }
}
