package io.qwenasr.reactor.resume;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioLedger;
import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Transcriber;
import java.time.Duration;
import java.util.Objects;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;
import reactor.core.scheduler.Scheduler;
import reactor.core.scheduler.Schedulers;

/**
 * A transcriber that outlives the sessions of another: when one is lost it opens the next, sends again what had no
 * result yet, and goes on. No sentence is lost, and none comes twice.
 *
 * <p>Contract, in addition to that of every {@link Transcriber}:
 *
 * <ul>
 *   <li>After a {@linkplain io.qwenasr.QwenAsrException#isRetryable() retryable} error, or when a session completes
 *       before the audio does, the next one is opened by the {@link ReconnectPolicy}; when its attempts are used up,
 *       the transcription ends with a {@link io.qwenasr.ReconnectFailedException}, which lists them. Other errors,
 *       and those of the audio, end the transcription.
 *   <li><b>Rollover</b>: where a session's time is {@linkplain #rollingOverBefore limited}, or the server has closed
 *       three in a row with the same words at the same age (of 10 s at least), the next session is opened 30 s before
 *       that (of short limits, 40% before). Every 20th session is left to its end, and a limit that was learned is
 *       forgotten when a session outlives it. Once it is ready it takes over: in a pause, when the end of each
 *       utterance is known, or after a commit; after half of that time in any case. It hears the audio from the end
 *       of the last utterance that the old session has heard out; so an utterance that goes on is heard again, as a
 *       whole, and comes once, under its id. One whose begin is not kept any more is left to the old session, up to
 *       where the new one begins, which transcribes the rest as another utterance. The old session finishes meanwhile; its results come before any event
 *       of the new one, which begin with a {@link TranscriptionEvent.SessionReady}. Up to three sessions are open at
 *       the same time. If one fails that a result is expected of, it is as if there had been one session, and it was
 *       lost; if the new one cannot be opened in time, the old one is used to its end.
 *   <li>Audio is kept until it is settled (see {@link AudioLedger} for what that means), up to a length. It is
 *       copied, so the source's buffers are the source's again after {@code onNext}. While there is no session,
 *       before the first one too, the source is requested until that length is kept, and no further: a source that
 *       can wait loses nothing. Gaps do not count, and no more than 32 signals are requested at once. What is sent and
 *       no longer fits is given up, and declared lost if a failure makes it matter: if it has no result, and is not
 *       known to be silence.
 *   <li>An utterance whose result was delivered is not delivered again; one that a failure cut is transcribed as a
 *       whole, under the id it was announced with. Items of later sessions have {@code @2}, {@code @3} and so on
 *       behind their ids. If a later session hears two cut utterances as one, the other ends in an empty
 *       {@link TranscriptionEvent.Final}. If it hears one that goes on where the end of a delivered one was, that comes
 *       as another utterance, with all that was heard.
 *       An utterance of which no audio is kept ends in a {@link TranscriptionEvent.Failed}.
 *       A {@link TranscriptionEvent.Failed} is kept back until the session says something else, or nothing for a
 *       second: if the session is lost instead, its utterance was not to blame, and is transcribed again.
 *   <li>{@link TranscriptionEvent.Reconnected} tells of each session that was lost; {@link TranscriptionEvent.Summary}, with
 *       the ledger, is the last event before completion or an error.
 *   <li>The ledger can be read at any time, through {@link io.qwenasr.reactor.SessionListener#onLedger}.
 *   <li>The audio of a commit that the service refuses is the begin of the next utterance, as
 *       {@link TranscriptionEvent.ErrorReported} tells.
 *   <li>All positions are counted from the first byte that was offered.
 *   <li>PCM only, since packets of Opus have no positions.
 *   <li>Demand is exact, but for up to 256 events of a session that waits for the one before it.
 *   <li>Events come on the threads of the other transcriber and, where something was waited for, of the scheduler,
 *       on which delays run. Cancelling ends all sessions and the audio at once, also while waiting to reconnect.
 * </ul>
 *
 * <p>Immutable, safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class ResumingTranscriber implements Transcriber {

    private static final Duration MAX_KEEP = Duration.ofMinutes(10);
    private static final Duration MIN_LIMIT = Duration.ofMillis(100);
    private static final Duration MAX_LIMIT = Duration.ofHours(24);

    private final ResumeConfig config;

    private ResumingTranscriber(ResumeConfig config) {
        this.config = config;
    }

    /**
     * Returns a transcriber that keeps up to 60 s of audio and reconnects by {@link ReconnectPolicy#DEFAULTS}.
     *
     * @param transcriber opens the sessions
     * @return a new transcriber
     */
    public static ResumingTranscriber of(Transcriber transcriber) {
        return new ResumingTranscriber(new ResumeConfig(
                Objects.requireNonNull(transcriber, "transcriber"),
                Duration.ofSeconds(60),
                ReconnectPolicy.DEFAULTS,
                null,
                Schedulers.parallel()));
    }

    /**
     * Sets how much audio is kept that is not settled.
     *
     * @param keep playing time, 1 s to 10 min; 16 kHz audio takes 1.9 MB a minute
     * @return the same with that length
     */
    public ResumingTranscriber keeping(Duration keep) {
        if (keep.compareTo(Duration.ofSeconds(1)) < 0 || keep.compareTo(MAX_KEEP) > 0) {
            throw new IllegalArgumentException("keep must be 1 s to 10 min, not " + keep);
        }
        return new ResumingTranscriber(new ResumeConfig(
                config.transcriber(), keep, config.policy(), config.sessionLimit(), config.scheduler()));
    }

    /**
     * Sets when to reconnect.
     *
     * @param policy attempts and delays
     * @return the same with that policy
     */
    public ResumingTranscriber reconnecting(ReconnectPolicy policy) {
        Objects.requireNonNull(policy, "policy");
        return new ResumingTranscriber(new ResumeConfig(
                config.transcriber(), config.keep(), policy, config.sessionLimit(), config.scheduler()));
    }

    /**
     * Sets how long the service lets a session last, so that each is replaced before that; see the contract of this
     * class. By default a limit is only learned.
     *
     * @param sessionLimit 100 ms to 24 h, from the opening of a session to where the service ends it
     * @return the same with that limit
     */
    public ResumingTranscriber rollingOverBefore(Duration sessionLimit) {
        if (sessionLimit.compareTo(MIN_LIMIT) < 0 || sessionLimit.compareTo(MAX_LIMIT) > 0) {
            throw new IllegalArgumentException("the session limit must be 100 ms to 24 h, not " + sessionLimit);
        }
        return new ResumingTranscriber(new ResumeConfig(
                config.transcriber(), config.keep(), config.policy(), sessionLimit, config.scheduler()));
    }

    /**
     * Sets where delays run; {@link Schedulers#parallel()} by default.
     *
     * @param scheduler whose clock and timers are used
     * @return the same with that scheduler
     */
    public ResumingTranscriber on(Scheduler scheduler) {
        Objects.requireNonNull(scheduler, "scheduler");
        return new ResumingTranscriber(new ResumeConfig(
                config.transcriber(), config.keep(), config.policy(), config.sessionLimit(), scheduler));
    }

    /** See the contract of this class. */
    @Override
    public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
        Objects.requireNonNull(audio, "audio");
        if (options.format().encoding() != AudioFormat.Encoding.PCM) {
            throw new IllegalArgumentException(
                    "only PCM can be resumed: packets of " + options.format().encoding() + " have no positions");
        }
        return Flux.deferContextual(context -> new Resumption(config, audio, options, context).events());
    }

    @Override
    public String toString() {
        return "ResumingTranscriber[" + config.transcriber() + "]";
    }
}
