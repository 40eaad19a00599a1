package io.qwenasr.samples.cli;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.CommitBoundaries;
import io.qwenasr.reactor.Pacing;
import io.qwenasr.reactor.Transcriber;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import reactor.core.publisher.Flux;

/**
 * How inputs are transcribed, each in a session of its own.
 *
 * @param transcriber who does it
 * @param options what the service is asked for
 * @param pacing how fast audio is sent
 * @param watches stand around the session of each input
 */
record Transcription(Transcriber transcriber, SessionOptions options, Pacing pacing, List<Watch> watches) {

    /**
     * One session, begun when subscribed to.
     *
     * @param notices takes what people should be told
     * @param sending is applied to the audio where it leaves, after the pacing
     */
    Flux<TranscriptionEvent> events(
            AudioInput input, Consumer<String> notices, UnaryOperator<Flux<ByteBuffer>> sending) {
        return Flux.defer(() -> {
            Transcriber watched = transcriber;
            for (Watch watch : watches) {
                watched = watch.around(input, watched);
            }
            Flux<ByteBuffer> audio = sending.apply(pacing.apply(input.audio(), AudioInput.FORMAT));
            return watched.transcribe(signals(audio, notices), options);
        });
    }

    private Flux<AudioSignal> signals(Flux<ByteBuffer> audio, Consumer<String> notices) {
        return options.isManual()
                ? audio.transform(CommitBoundaries.atEnd(AudioInput.FORMAT))
                        .doOnNext(new CutNotice(at -> notices.accept(cut(at))))
                : audio.map(AudioSignal::chunk);
    }

    private static String cut(Duration position) {
        return "an utterance may have " + CommitBoundaries.MAX_UTTERANCE.toSeconds() + " s at most: cut at "
                + Text.position(position);
    }
}
