package io.qwenasr.codec;

import io.qwenasr.ServerError;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a server sends. Immutable.
 *
 * @since 0.1.0
 */
public sealed interface ServerEvent {

    /**
     * Returns the server's id of the event.
     *
     * @return the id, opaque, or null where none was sent
     */
    @Nullable String eventId();

    /**
     * Returns the {@code type} on the wire.
     *
     * @return such as {@code session.created}
     */
    String type();

    /**
     * Returns the members that this version does not know.
     *
     * @return further members; none for {@link Unknown}, whose JSON is whole
     */
    Extras extras();

    /**
     * The connection is up; the first event of a session.
     *
     * @param eventId id of the event
     * @param session the whole effective configuration
     * @param extras further members
     * @since 0.1.0
     */
    record SessionCreated(@Nullable String eventId, SessionConfig session, Extras extras) implements ServerEvent {
        /** {@link ServerEvent#type()} of this event. */
        public static final String TYPE = "session.created";

        /** Refuses missing parts. */
        public SessionCreated {
            Objects.requireNonNull(session, "session");
            Objects.requireNonNull(extras, "extras");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * A {@code session.update} took effect.
     *
     * @param eventId id of the event
     * @param session the whole effective configuration
     * @param extras further members
     * @since 0.1.0
     */
    record SessionUpdated(@Nullable String eventId, SessionConfig session, Extras extras) implements ServerEvent {
        /** {@link ServerEvent#type()} of this event. */
        public static final String TYPE = "session.updated";

        /** Refuses missing parts. */
        public SessionUpdated {
            Objects.requireNonNull(session, "session");
            Objects.requireNonNull(extras, "extras");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Voice activity detection heard speech begin.
     *
     * @param eventId id of the event
     * @param itemId id of the item that begins
     * @param audioStartMs where, in ms from the first audio of the session
     * @param extras further members
     * @since 0.1.0
     */
    record SpeechStarted(@Nullable String eventId, String itemId, long audioStartMs, Extras extras)
            implements ServerEvent {
        /** {@link ServerEvent#type()} of this event. */
        public static final String TYPE = "input_audio_buffer.speech_started";

        /** Refuses missing parts. */
        public SpeechStarted {
            Objects.requireNonNull(itemId, "itemId");
            Objects.requireNonNull(extras, "extras");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Voice activity detection heard speech end.
     *
     * @param eventId id of the event
     * @param itemId id of the item that ended; may be missing
     * @param audioEndMs where, in ms from the first audio of the session
     * @param extras further members
     * @since 0.1.0
     */
    record SpeechStopped(@Nullable String eventId, @Nullable String itemId, long audioEndMs, Extras extras)
            implements ServerEvent {
        /** {@link ServerEvent#type()} of this event. */
        public static final String TYPE = "input_audio_buffer.speech_stopped";

        /** Refuses missing parts. */
        public SpeechStopped {
            Objects.requireNonNull(extras, "extras");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * The audio of an item is complete.
     *
     * @param eventId id of the event
     * @param itemId id of the item
     * @param previousItemId id of the item before; null for the first, written as an empty text
     * @param extras further members
     * @since 0.1.0
     */
    record Committed(
            @Nullable String eventId,
            String itemId,
            @Nullable String previousItemId,
            Extras extras) implements ServerEvent {
        /** {@link ServerEvent#type()} of this event. */
        public static final String TYPE = "input_audio_buffer.committed";

        /** Refuses missing parts. */
        public Committed {
            Objects.requireNonNull(itemId, "itemId");
            Objects.requireNonNull(extras, "extras");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * An item was entered; nothing is recognised yet. May come twice.
     *
     * <p>The documented constant members of {@code item} ({@code object}, {@code type}, {@code status},
     * {@code role}, {@code content}) are always written; one that came with another value is in
     * {@code itemExtras} and written as it came.
     *
     * @param eventId id of the event
     * @param itemId id of the item, {@code item.id}
     * @param previousItemId id of the item before; null for the first, written as an empty text
     * @param itemExtras further members of {@code item}
     * @param extras further members
     * @since 0.1.0
     */
    record ItemCreated(
            @Nullable String eventId,
            String itemId,
            @Nullable String previousItemId,
            Extras itemExtras,
            Extras extras) implements ServerEvent {
        /** {@link ServerEvent#type()} of this event. */
        public static final String TYPE = "conversation.item.created";

        /** Refuses missing parts. */
        public ItemCreated {
            Objects.requireNonNull(itemId, "itemId");
            Objects.requireNonNull(itemExtras, "itemExtras");
            Objects.requireNonNull(extras, "extras");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * The audio that was not committed is dropped.
     *
     * @param eventId id of the event
     * @param extras further members
     * @since 0.1.0
     */
    record Cleared(@Nullable String eventId, Extras extras) implements ServerEvent {
        /** {@link ServerEvent#type()} of this event. */
        public static final String TYPE = "input_audio_buffer.cleared";

        /** Refuses missing parts. */
        public Cleared {
            Objects.requireNonNull(extras, "extras");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * The transcript of an item so far; replaces the one before. The preview is {@code text + stash}.
     *
     * @param eventId id of the event
     * @param itemId id of the item
     * @param contentIndex place in the item's content, always 0 so far
     * @param language code of the language, if known
     * @param emotion name of the emotion, if known
     * @param text prefix that stays
     * @param stash rest that may still change
     * @param extras further members
     * @since 0.1.0
     */
    record Text(
            @Nullable String eventId,
            String itemId,
            int contentIndex,
            @Nullable String language,
            @Nullable String emotion,
            String text,
            String stash,
            Extras extras)
            implements ServerEvent {
        /** {@link ServerEvent#type()} of this event. */
        public static final String TYPE = "conversation.item.input_audio_transcription.text";

        /** Refuses missing parts. */
        public Text {
            Objects.requireNonNull(itemId, "itemId");
            Objects.requireNonNull(text, "text");
            Objects.requireNonNull(stash, "stash");
            Objects.requireNonNull(extras, "extras");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * The final transcript of an item.
     *
     * @param eventId id of the event
     * @param itemId id of the item
     * @param contentIndex place in the item's content, always 0 so far
     * @param language code of the language, if known
     * @param emotion name of the emotion, if known
     * @param transcript what was said; may be empty
     * @param extras further members
     * @since 0.1.0
     */
    record Completed(
            @Nullable String eventId,
            String itemId,
            int contentIndex,
            @Nullable String language,
            @Nullable String emotion,
            String transcript,
            Extras extras)
            implements ServerEvent {
        /** {@link ServerEvent#type()} of this event. */
        public static final String TYPE = "conversation.item.input_audio_transcription.completed";

        /** Refuses missing parts. */
        public Completed {
            Objects.requireNonNull(itemId, "itemId");
            Objects.requireNonNull(transcript, "transcript");
            Objects.requireNonNull(extras, "extras");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * An item could not be recognised; the session goes on.
     *
     * @param eventId id of the event
     * @param itemId id of the item
     * @param contentIndex place in the item's content, always 0 so far
     * @param error what failed
     * @param errorExtras further members of {@code error}
     * @param extras further members
     * @since 0.1.0
     */
    record Failed(
            @Nullable String eventId,
            String itemId,
            int contentIndex,
            ServerError error,
            Extras errorExtras,
            Extras extras)
            implements ServerEvent {
        /** {@link ServerEvent#type()} of this event. */
        public static final String TYPE = "conversation.item.input_audio_transcription.failed";

        /** Refuses missing parts. */
        public Failed {
            Objects.requireNonNull(itemId, "itemId");
            Objects.requireNonNull(error, "error");
            Objects.requireNonNull(errorExtras, "errorExtras");
            Objects.requireNonNull(extras, "extras");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * All items are done, after {@code session.finish}.
     *
     * @param eventId id of the event
     * @param extras further members
     * @since 0.1.0
     */
    record SessionFinished(@Nullable String eventId, Extras extras) implements ServerEvent {
        /** {@link ServerEvent#type()} of this event. */
        public static final String TYPE = "session.finished";

        /** Refuses missing parts. */
        public SessionFinished {
            Objects.requireNonNull(extras, "extras");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Something went wrong with a client event or in the service.
     *
     * @param eventId id of the event
     * @param error what failed
     * @param errorExtras further members of {@code error}
     * @param extras further members
     * @since 0.1.0
     */
    record ErrorReported(@Nullable String eventId, ServerError error, Extras errorExtras, Extras extras)
            implements ServerEvent {
        /** {@link ServerEvent#type()} of this event. */
        public static final String TYPE = "error";

        /** Refuses missing parts. */
        public ErrorReported {
            Objects.requireNonNull(error, "error");
            Objects.requireNonNull(errorExtras, "errorExtras");
            Objects.requireNonNull(extras, "extras");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * An event that this version does not know.
     *
     * @param eventId id of the event
     * @param type its type
     * @param json the whole event; written as it is if it is a JSON object of that type, and otherwise an event
     *     with nothing but id and type
     * @since 0.1.0
     */
    record Unknown(@Nullable String eventId, String type, String json) implements ServerEvent {
        /** Refuses missing parts. */
        public Unknown {
            Objects.requireNonNull(type, "type");
            Objects.requireNonNull(json, "json");
        }

        @Override
        public Extras extras() {
            return Extras.NONE;
        }
    }
}
