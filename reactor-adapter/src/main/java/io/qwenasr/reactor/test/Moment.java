package io.qwenasr.reactor.test;

import io.qwenasr.SessionPhase;
import io.qwenasr.codec.ClientEvent;
import java.util.Objects;

/**
 * When a {@link Fault} happens to a connection through a {@link FaultProxy}.
 *
 * <p>All but {@link Connected} and {@link Bytes} look into the WebSocket, so they need a {@code ws} endpoint.
 *
 * @since 0.1.0
 */
public sealed interface Moment {

    /**
     * As soon as the client has connected, before anything passes.
     *
     * @since 0.1.0
     */
    record Connected() implements Moment {}

    /**
     * Once so many bytes have passed in one direction, the handshake included; the next one has not.
     *
     * @param direction which way
     * @param count how many bytes, at least 1
     * @since 0.1.0
     */
    record Bytes(Direction direction, long count) implements Moment {
        /** Refuses what is no position. */
        public Bytes {
            Objects.requireNonNull(direction, "direction");
            if (count < 1) {
                throw new IllegalArgumentException(
                        "a moment is after at least 1 byte, not " + count + "; before any there is connected()");
            }
        }
    }

    /**
     * Once so many WebSocket frames have passed whole in one direction, control frames included.
     *
     * @param direction which way
     * @param count how many frames; 0 is when the handshake has passed that way
     * @since 0.1.0
     */
    record Frames(Direction direction, int count) implements Moment {
        /** Refuses what is no position. */
        public Frames {
            Objects.requireNonNull(direction, "direction");
            if (count < 0) {
                throw new IllegalArgumentException("a number of frames must not be negative, but is " + count);
            }
        }
    }

    /**
     * When an event of the protocol passes.
     *
     * @param direction which way
     * @param type the {@code type} of the event
     * @param number which one of that type, from 1; 0 for each
     * @param isBefore true if the fault happens before the event passes, false for right after
     * @since 0.1.0
     */
    record Event(Direction direction, String type, int number, boolean isBefore) implements Moment {
        /** Refuses what is no event. */
        public Event {
            Objects.requireNonNull(direction, "direction");
            Objects.requireNonNull(type, "type");
            if (number < 0) {
                throw new IllegalArgumentException("the number of an event is 1 or more, or 0 for each, not " + number);
            }
        }

        /**
         * Returns the moment right before the event passes.
         *
         * @return the same event; a fault that ends the connection keeps it from passing
         */
        public Event before() {
            return new Event(direction, type, number, true);
        }

        boolean matches(Direction way, String eventType, int occurrence) {
            return direction == way && type.equals(eventType) && (number == 0 || number == occurrence);
        }
    }

    /**
     * Returns the moment of the connection itself.
     *
     * @return before anything passes
     */
    static Moment connected() {
        return new Connected();
    }

    /**
     * Returns a position in the bytes.
     *
     * @param direction which way
     * @param count how many bytes have passed, at least 1
     * @return right after these
     */
    static Moment afterBytes(Direction direction, long count) {
        return new Bytes(direction, count);
    }

    /**
     * Returns a position in the frames.
     *
     * @param direction which way
     * @param count how many frames have passed; 0 is when the handshake has passed that way
     * @return right after these
     */
    static Moment afterFrames(Direction direction, int count) {
        return new Frames(direction, count);
    }

    /**
     * Returns the n-th event of a type that the client sends.
     *
     * @param type such as {@code session.update}
     * @param number 1 for the first
     * @return right after it has passed; see {@link Event#before}
     */
    static Event clientEvent(String type, int number) {
        return new Event(Direction.TO_SERVER, type, number, false);
    }

    /**
     * Returns each event of a type that the client sends.
     *
     * @param type such as {@code input_audio_buffer.append}
     * @return right after it has passed
     */
    static Event eachClientEvent(String type) {
        return new Event(Direction.TO_SERVER, type, 0, false);
    }

    /**
     * Returns the n-th event of a type that the server sends.
     *
     * @param type such as {@code session.created}
     * @param number 1 for the first
     * @return right after it has passed; see {@link Event#before}
     */
    static Event serverEvent(String type, int number) {
        return new Event(Direction.TO_CLIENT, type, number, false);
    }

    /**
     * Returns each event of a type that the server sends.
     *
     * @param type such as {@code conversation.item.input_audio_transcription.text}
     * @return right after it has passed
     */
    static Event eachServerEvent(String type) {
        return new Event(Direction.TO_CLIENT, type, 0, false);
    }

    /**
     * Returns a moment at which a client is in a phase of its session.
     *
     * @param phase CONNECTING: connected, the handshake not sent; CONFIGURING: {@code session.update} has passed, its
     *     answer has not; STREAMING: three pieces of audio have passed; FINISHING: {@code session.finish} has passed
     * @return the moment
     * @throws IllegalArgumentException for CLOSED
     */
    static Moment in(SessionPhase phase) {
        return switch (phase) {
            case CONNECTING -> connected();
            case CONFIGURING -> clientEvent(ClientEvent.SessionUpdate.TYPE, 1);
            case STREAMING -> clientEvent(ClientEvent.Append.TYPE, 3);
            case FINISHING -> clientEvent(ClientEvent.Finish.TYPE, 1);
            case CLOSED -> throw new IllegalArgumentException("nothing happens to a session that is CLOSED");
        };
    }
}
