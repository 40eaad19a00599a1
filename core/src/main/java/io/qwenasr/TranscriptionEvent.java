package io.qwenasr;

import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a session tells while it listens, in the order it happens.
 *
 * <p>Utterances ("items") have ids and may overlap: an item can still be refined after the next one has
 * begun, so state is to be kept by {@code itemId}. Every announced item ends in exactly one {@link Final}
 * or {@link Failed}. Positions are times on one timeline: the audio offered by the caller, from its first
 * byte, {@linkplain AudioDropped losses} included.
 *
 * <p>More event types may be added; a {@code switch} over them should have a {@code default}.
 *
 * @since 0.1.0
 */
public sealed interface TranscriptionEvent {

    /**
     * The session is configured and takes audio.
     *
     * <p>Where sessions are replaced before their time is up, one comes for each; the utterances go on.
     *
     * @param sessionId the service's id of the session, opaque
     * @param model the model the service names, if it does
     * @since 0.1.0
     */
    record SessionReady(String sessionId, @Nullable String model) implements TranscriptionEvent {
        /** Refuses a missing id. */
        public SessionReady {
            Objects.requireNonNull(sessionId, "sessionId");
        }
    }

    /**
     * Server-side detection heard speech begin.
     *
     * @param itemId the utterance that begins
     * @param start where on the audio timeline; approximate, whether padding is included is undocumented
     * @since 0.1.0
     */
    record SpeechStarted(String itemId, Duration start) implements TranscriptionEvent {
        /** Refuses missing values. */
        public SpeechStarted {
            Objects.requireNonNull(itemId, "itemId");
            Objects.requireNonNull(start, "start");
        }
    }

    /**
     * Server-side detection heard speech end.
     *
     * @param itemId the utterance that ended; null where the service names none, as it may after initial
     *     silence
     * @param end where on the audio timeline; approximate
     * @since 0.1.0
     */
    record SpeechStopped(@Nullable String itemId, Duration end) implements TranscriptionEvent {
        /** Refuses a missing position. */
        public SpeechStopped {
            Objects.requireNonNull(end, "end");
        }
    }

    /**
     * An utterance is complete as audio; its transcription follows.
     *
     * <p>In manual mode this acknowledges a commit. It arrives once for an item, whether the service
     * announces it by {@code input_audio_buffer.committed}, {@code conversation.item.created} or both.
     *
     * @param itemId the utterance
     * @param previousItemId the one before it; null for the first
     * @since 0.1.0
     */
    record Committed(String itemId, @Nullable String previousItemId) implements TranscriptionEvent {
        /** Refuses a missing id. */
        public Committed {
            Objects.requireNonNull(itemId, "itemId");
        }
    }

    /**
     * What an utterance reads like so far. Each partial replaces the previous one of its item.
     *
     * @param itemId the utterance
     * @param text the part that will no longer change; may be empty
     * @param stash the draft after it, which may change; may be empty
     * @param language code of the language, if told
     * @param emotion one of surprised, neutral, happy, sad, disgusted, angry, fearful, if told; other
     *     values are passed through
     * @since 0.1.0
     */
    record Partial(
            String itemId,
            String text,
            String stash,
            @Nullable String language,
            @Nullable String emotion) implements TranscriptionEvent {
        /** Refuses missing values. */
        public Partial {
            Objects.requireNonNull(itemId, "itemId");
            Objects.requireNonNull(text, "text");
            Objects.requireNonNull(stash, "stash");
        }

        /**
         * Returns the text to show: {@code text} and {@code stash} put together as they are.
         *
         * @return the preview; may be empty
         */
        public String preview() {
            return text + stash;
        }
    }

    /**
     * The transcript of an utterance. It may differ from the last partial.
     *
     * @param itemId the utterance
     * @param transcript the text; empty where nothing was understood
     * @param language code of the language, if told
     * @param emotion see {@link Partial#emotion()}
     * @param start where the utterance begins on the audio timeline, if known
     * @param end where it ends on the audio timeline, if known
     * @since 0.1.0
     */
    record Final(
            String itemId,
            String transcript,
            @Nullable String language,
            @Nullable String emotion,
            @Nullable Duration start,
            @Nullable Duration end)
            implements TranscriptionEvent {
        /** Refuses missing values. */
        public Final {
            Objects.requireNonNull(itemId, "itemId");
            Objects.requireNonNull(transcript, "transcript");
        }
    }

    /**
     * An utterance could not be transcribed; the session goes on.
     *
     * @param itemId the utterance
     * @param error what the service said
     * @since 0.1.0
     */
    record Failed(String itemId, ServerError error) implements TranscriptionEvent {
        /** Refuses missing values. */
        public Failed {
            Objects.requireNonNull(itemId, "itemId");
            Objects.requireNonNull(error, "error");
        }
    }

    /**
     * The service reported an error that did not end the session, such as a refused commit.
     *
     * <p>The audio of a refused {@linkplain AudioSignal.Commit commit} stays with the service: the utterance that the
     * next commit ends begins with it, also the one that is sent by itself where the audio ends, if any audio came
     * since. The same audio alone is not committed again. A {@linkplain AudioSignal.Clear clear} after this event gives
     * it up. If in the end no other commit covered it, or a clear was under way when this event came, it never got a
     * result: 100 ms of it or more, and any of Opus, then end the session with an
     * {@link IncompleteTranscriptException}; less, which services call too small, is told by this event alone.
     *
     * @param error what the service said
     * @param start where the audio begins on the audio timeline whose commit was refused; null for any other error, and
     *     where positions are not known, as for Opus
     * @param end where that audio ends, not before the start; null together with it
     * @since 0.1.0
     */
    record ErrorReported(
            ServerError error,
            @Nullable Duration start,
            @Nullable Duration end) implements TranscriptionEvent {
        /** Refuses a missing error and half a range. */
        public ErrorReported {
            Objects.requireNonNull(error, "error");
            if (start == null ? end != null : end == null || start.compareTo(end) > 0) {
                throw new IllegalArgumentException(
                        "the audio of a refused commit must have a start and an end, not " + start + " to " + end);
            }
        }

        /**
         * Creates the event of an error that refuses no commit.
         *
         * @param error what the service said
         */
        public ErrorReported(ServerError error) {
            this(error, null, null);
        }
    }

    /**
     * The service dropped the uncommitted audio, after {@link AudioSignal.Clear}.
     *
     * @since 0.1.0
     */
    record Cleared() implements TranscriptionEvent {}

    /**
     * Audio of this range was lost before it reached the session, after {@link AudioSignal.Gap}.
     *
     * <p>Only a source that cannot wait loses audio, by a policy that its user chose.
     *
     * @param start where the loss begins on the audio timeline
     * @param end where it ends, after the start
     * @since 0.1.0
     */
    record AudioDropped(Duration start, Duration end) implements TranscriptionEvent {
        /** Refuses missing values and an empty range. */
        public AudioDropped {
            if (start.compareTo(end) >= 0) {
                throw new IllegalArgumentException("dropped audio must have a length, not " + start + " to " + end);
            }
        }

        /**
         * Returns how much audio was lost.
         *
         * @return the playing time, positive
         */
        public Duration length() {
            return end.minus(start);
        }
    }

    /**
     * A session was lost and the next one goes on in its place.
     *
     * <p>It comes instead of the {@link SessionReady} of that session. Utterances that had no result yet are
     * transcribed again, under the ids they had.
     *
     * @param sessionId the service's id of the new session, opaque
     * @param replayed how much audio is sent once more
     * @param lost how much audio was sent, has no result, and is no longer there to be sent again
     * @param attempt how many attempts it took, at least 1
     * @param cause what ended the session before
     * @since 0.1.0
     */
    record Reconnected(String sessionId, Duration replayed, Duration lost, int attempt, Throwable cause)
            implements TranscriptionEvent {
        /** Refuses missing values. */
        public Reconnected {
            Objects.requireNonNull(sessionId, "sessionId");
            Objects.requireNonNull(replayed, "replayed");
            Objects.requireNonNull(lost, "lost");
            Objects.requireNonNull(cause, "cause");
        }
    }

    /**
     * The last event of a transcription that resumes: what has become of all its audio.
     *
     * @param ledger the final state
     * @since 0.1.0
     */
    record Summary(AudioLedger ledger) implements TranscriptionEvent {
        /** Refuses a missing ledger. */
        public Summary {
            Objects.requireNonNull(ledger, "ledger");
        }
    }

    /**
     * An event of a type that this version does not know.
     *
     * @param type the value of {@code type}
     * @param json the whole event as received
     * @since 0.1.0
     */
    record Unknown(String type, String json) implements TranscriptionEvent {
        /** Refuses missing values. */
        public Unknown {
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(json, "json");
        }
    }
}
