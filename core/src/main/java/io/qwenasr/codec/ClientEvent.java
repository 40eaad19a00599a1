package io.qwenasr.codec;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends. Immutable.
 *
 * @since 0.1.0
 */
public sealed interface ClientEvent {

    /**
     * Returns the client's id of the event; not necessarily unique.
     *
     * @return the id, or null where none was sent
     */
    @Nullable String eventId();

    /**
     * Returns the {@code type} on the wire.
     *
     * @return such as {@code session.update}
     */
    String type();

    /**
     * Returns the members that this version does not know.
     *
     * @return further members; none for {@link Unknown}, whose JSON is whole
     */
    Extras extras();

    /**
     * Configures the session.
     *
     * @param eventId id of the event
     * @param session what to set
     * @param extras further members
     * @since 0.1.0
     */
    record SessionUpdate(@Nullable String eventId, SessionConfig session, Extras extras) implements ClientEvent {
        /** {@link ClientEvent#type()} of this event. */
        public static final String TYPE = "session.update";

        /** Refuses missing parts. */
        public SessionUpdate {
            Objects.requireNonNull(session, "session");
            Objects.requireNonNull(extras, "extras");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Sends audio.
     *
     * @param eventId id of the event
     * @param audio the decoded bytes, read-only
     * @param extras further members
     * @since 0.1.0
     */
    record Append(@Nullable String eventId, ByteBuffer audio, Extras extras) implements ClientEvent {
        /** {@link ClientEvent#type()} of this event. */
        public static final String TYPE = "input_audio_buffer.append";

        /** Takes a read-only view, whose content must not be changed any more. */
        public Append {
            audio = audio.asReadOnlyBuffer();
            Objects.requireNonNull(extras, "extras");
        }

        /**
         * Returns the decoded audio.
         *
         * @return a read-only buffer of its own position, so that reading it does not change this event
         */
        @Override
        public ByteBuffer audio() {
            return audio.duplicate();
        }

        @Override
        public String type() {
            return TYPE;
        }

        /** Tells how much audio it is, not what it says. */
        @Override
        public String toString() {
            return "Append[eventId=" + eventId + ", audio=" + audio.remaining() + " bytes, extras=" + extras + "]";
        }
    }

    /**
     * Ends an utterance in manual mode.
     *
     * @param eventId id of the event
     * @param extras further members
     * @since 0.1.0
     */
    record Commit(@Nullable String eventId, Extras extras) implements ClientEvent {
        /** {@link ClientEvent#type()} of this event. */
        public static final String TYPE = "input_audio_buffer.commit";

        /** Refuses missing parts. */
        public Commit {
            Objects.requireNonNull(extras, "extras");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Drops the audio that is not committed. Undocumented; the SDKs can send it.
     *
     * @param eventId id of the event
     * @param extras further members
     * @since 0.1.0
     */
    record Clear(@Nullable String eventId, Extras extras) implements ClientEvent {
        /** {@link ClientEvent#type()} of this event. */
        public static final String TYPE = "input_audio_buffer.clear";

        /** Refuses missing parts. */
        public Clear {
            Objects.requireNonNull(extras, "extras");
        }

        @Override
        public String type() {
            return TYPE;
        }
    }

    /**
     * Ends the session: the server completes what it has heard, then says so.
     *
     * @param eventId id of the event
     * @param extras further members
     * @since 0.1.0
     */
    record Finish(@Nullable String eventId, Extras extras) implements ClientEvent {
        /** {@link ClientEvent#type()} of this event. */
        public static final String TYPE = "session.finish";

        /** Refuses missing parts. */
        public Finish {
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
     * @param json the whole event; written as it is
     * @since 0.1.0
     */
    record Unknown(@Nullable String eventId, String type, String json) implements ClientEvent {
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
