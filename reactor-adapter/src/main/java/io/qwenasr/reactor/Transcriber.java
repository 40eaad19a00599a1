package io.qwenasr.reactor;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TurnDetection;
import java.nio.ByteBuffer;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * Audio in, transcription events out, demand flowing backwards: the one idea of this library.
 *
 * <p>The hosted service, a recogniser in this JVM, a script in a test and any decorator around one of them
 * are all transcribers.
 *
 * <p>Contract of every transcriber:
 *
 * <ul>
 *   <li>The returned flux is cold: each subscription is one session, and subscribes to the audio once. So
 *       {@code retry} sends the audio again from its start, if it has one, and repeats all finals;
 *       {@link io.qwenasr.reactor.resume.ResumingTranscriber} goes on where a session was lost.
 *   <li>Demand is honoured both ways: audio is requested only as it can be dealt with, events are emitted
 *       only as they are requested, and a subscriber that stops requesting stops the audio.
 *   <li>Completion of the audio ends the session gracefully: the last utterance is transcribed, then the
 *       flux completes. It completes only if each announced item had its {@link TranscriptionEvent.Final}
 *       or {@link TranscriptionEvent.Failed}.
 *   <li>Cancelling the events aborts at once and cancels the audio.
 *   <li>An error of the audio ends the session with that same error.
 *   <li>A {@linkplain AudioSignal.Gap gap} in the audio is answered with {@link TranscriptionEvent.AudioDropped} and
 *       ends no utterance; the positions of all audio after it are later by its length.
 *       {@link io.qwenasr.audio.AudioTimeline} does that for whoever counts only the audio that was heard.
 *   <li>Signals may arrive on any thread, one at a time. A transcriber says on which thread it emits.
 * </ul>
 *
 * @since 0.1.0
 */
@FunctionalInterface
public interface Transcriber {

    /**
     * Transcribes one stream of audio signals.
     *
     * @param audio audio and, in manual mode, commits
     * @param options how to listen
     * @return the events of the session; cold
     */
    Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options);

    /**
     * Transcribes plain audio.
     *
     * <p>In manual mode the whole stream is one utterance, committed when it completes; PCM is cut where that would be
     * too long, as {@link CommitBoundaries#atEnd} does and says.
     *
     * @param audio audio bytes; see {@link AudioSignal.Chunk} for what is asked of the buffers
     * @param options how to listen
     * @return the events of the session; cold
     */
    default Flux<TranscriptionEvent> transcribe(Flux<ByteBuffer> audio, SessionOptions options) {
        return options.turnDetection() instanceof TurnDetection.Manual
                        && options.format().encoding() == AudioFormat.Encoding.PCM
                ? transcribe(audio.transform(CommitBoundaries.atEnd(options.format())), options)
                : transcribe(audio.map(AudioSignal.Chunk::new), options);
    }

    /**
     * Transcribes plain audio with {@linkplain SessionOptions#defaults() default options}.
     *
     * <p>Fits {@code audio.transform(transcriber::transcribe)}.
     *
     * @param audio 16-bit little-endian mono PCM at 16 kHz
     * @return the events of the session; cold
     */
    default Flux<TranscriptionEvent> transcribe(Flux<ByteBuffer> audio) {
        return transcribe(audio, SessionOptions.defaults());
    }

    /**
     * Transcribes one stream of audio signals with {@linkplain SessionOptions#defaults() default options}.
     *
     * <p>Fits {@code signals.transform(transcriber::transcribeSignals)}. The server finds the utterances, so there must be no
     * commits.
     *
     * @param audio 16-bit little-endian mono PCM at 16 kHz, and gaps
     * @return the events of the session; cold
     */
    default Flux<TranscriptionEvent> transcribeSignals(Publisher<? extends AudioSignal> audio) {
        return transcribe(audio, SessionOptions.defaults());
    }
}
