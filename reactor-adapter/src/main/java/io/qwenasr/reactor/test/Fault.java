package io.qwenasr.reactor.test;

import io.qwenasr.reactor.test.Faults.Act;
import io.qwenasr.reactor.test.Faults.Change;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/**
 * Something that goes wrong with one connection through a {@link FaultProxy}.
 *
 * <p>Several faults can happen to a connection. Those at the same moment happen in the order in which they are
 * given. Each is a value that says what it is by {@code toString}; {@link StandardFault} lists the usual ones.
 *
 * @since 0.1.0
 */
public sealed interface Fault
        permits Faults.Refuse, Faults.Delay, Faults.Reject, Faults.At, Faults.Segments, Faults.Latency, Faults.Tamper {

    // ---- while connecting

    /**
     * Resets the connection as soon as it is made. So does a server under attack; that nothing listens at all is
     * {@link FaultProxy#down}.
     *
     * @return the fault
     */
    static Fault refuse() {
        return new Faults.Refuse();
    }

    /**
     * Takes the connection, but passes nothing on before a time, and does nothing else either.
     *
     * @param time how long
     * @return the fault
     */
    static Fault delay(Duration time) {
        return new Faults.Delay(requireNotNegative(time));
    }

    /**
     * Answers the handshake with an error of the kind that the service sends, instead of the server.
     *
     * @param status an HTTP status, such as 401
     * @return the fault
     */
    static Fault reject(int status) {
        return reject(
                status,
                Map.of("Content-Type", "application/json"),
                "{\"code\":\"Status" + status + "\",\"message\":\"refused by the fault proxy\"}");
    }

    /**
     * Answers the handshake with an error that asks to wait.
     *
     * @param status an HTTP status, such as 429 or 503
     * @param retryAfter how long the client is to wait, in whole seconds
     * @return the fault
     */
    static Fault reject(int status, Duration retryAfter) {
        return reject(
                status,
                Map.of("Content-Type", "application/json", "Retry-After", Long.toString(retryAfter.toSeconds())),
                "{\"code\":\"Status" + status + "\",\"message\":\"refused by the fault proxy\"}");
    }

    /**
     * Answers the handshake instead of the server.
     *
     * @param status an HTTP status, 200 to 599
     * @param headers further header fields; Content-Length and Connection are added
     * @param body the body, may be empty
     * @return the fault
     */
    static Fault reject(int status, Map<String, String> headers, String body) {
        return new Faults.Reject(status, new TreeMap<>(headers), body);
    }

    // ---- the network

    /**
     * Resets the connection on both sides (TCP RST).
     *
     * @param moment when
     * @return the fault
     */
    static Fault reset(Moment moment) {
        return new Faults.At(moment, new Act.Reset());
    }

    /**
     * Ends the connection on both sides in good order for TCP (FIN), but without a Close frame.
     *
     * @param moment when
     * @return the fault
     */
    static Fault cut(Moment moment) {
        return new Faults.At(moment, new Act.Cut());
    }

    /**
     * Passes nothing on any more, in silence, while both sides stay connected: what they send is swallowed.
     *
     * @param moment from when on
     * @return the fault
     */
    static Fault halfOpen(Moment moment) {
        return new Faults.At(moment, new Act.HalfOpen());
    }

    /**
     * Reads no more from one side, so that its sending stops once the buffers on the way are full. Ends with
     * {@link ProxiedConnection#resume}.
     *
     * @param direction whose bytes are not read
     * @param moment from when on
     * @return the fault
     * @see FaultProxy.Builder#socketBufferBytes
     */
    static Fault stopReading(Direction direction, Moment moment) {
        return new Faults.At(moment, new Act.StopReading(direction));
    }

    /**
     * Passes on at most so many bytes at a time, each time another number of them; 1 for one byte in each TCP
     * segment. The receiver's system may put segments together again before they are read.
     *
     * @param direction which way
     * @param maxBytes the most bytes of a segment, at least 1; the sizes follow from the proxy's seed
     * @return the fault
     */
    static Fault segments(Direction direction, int maxBytes) {
        return new Faults.Segments(direction, maxBytes);
    }

    /**
     * Passes everything on later, in both directions and in order.
     *
     * @param min the least delay
     * @param max the greatest delay, not less; the delays follow from the proxy's seed
     * @return the fault
     */
    static Fault latency(Duration min, Duration max) {
        if (max.compareTo(requireNotNegative(min)) < 0) {
            throw new IllegalArgumentException("the greatest delay " + max + " is less than the least, " + min);
        }
        return new Faults.Latency(min, max);
    }

    // ---- frames to the client

    /**
     * Sends a text frame to the client, as if the server had.
     *
     * @param moment when; not before the handshake
     * @param json the text, JSON or not
     * @return the fault
     */
    static Fault send(Moment moment, String json) {
        return atFrame(moment, new Act.SendText(utf8(json)));
    }

    /**
     * Sends a text frame of any bytes to the client, such as what is not UTF-8.
     *
     * @param moment when; not before the handshake
     * @param payload the bytes
     * @return the fault
     */
    static Fault sendText(Moment moment, byte[] payload) {
        return atFrame(moment, new Act.SendText(copyOf(payload)));
    }

    /**
     * Sends a binary frame to the client.
     *
     * @param moment when; not before the handshake
     * @param payload the bytes
     * @return the fault
     */
    static Fault sendBinary(Moment moment, byte[] payload) {
        return atFrame(moment, new Act.SendBinary(copyOf(payload)));
    }

    /**
     * Sends bytes to the client that are no frame or any: what they do to the WebSocket is up to them.
     *
     * @param moment when; not before the handshake
     * @param bytes the bytes
     * @return the fault
     */
    static Fault sendRaw(Moment moment, byte[] bytes) {
        return atFrame(moment, new Act.SendRaw(copyOf(bytes)));
    }

    /**
     * Closes the connection to the client with a Close frame, then TCP once it has answered or after a second. The
     * server sees its connection end.
     *
     * @param moment when; not before the handshake
     * @param code the code, any of 16 bits
     * @param reason the reason, at most 123 bytes of UTF-8
     * @return the fault
     */
    static Fault close(Moment moment, int code, String reason) {
        return atFrame(moment, Act.SendClose.of(code, reason));
    }

    /**
     * Closes the connection as {@link #close}, with a Close frame that has no code.
     *
     * @param moment when; not before the handshake
     * @return the fault
     */
    static Fault closeWithoutCode(Moment moment) {
        return atFrame(moment, Act.SendClose.withoutCode());
    }

    // ---- what becomes of an event

    /**
     * Loses an event.
     *
     * @param event which
     * @return the fault
     */
    static Fault drop(Moment.Event event) {
        return new Faults.Tamper(event, new Change.Drop());
    }

    /**
     * Passes an event on twice.
     *
     * @param event which
     * @return the fault
     */
    static Fault duplicate(Moment.Event event) {
        return new Faults.Tamper(event, new Change.Duplicate());
    }

    /**
     * Passes an event on later; what comes after it does not wait.
     *
     * @param event which
     * @param time how much later
     * @return the fault
     */
    static Fault late(Moment.Event event, Duration time) {
        return new Faults.Tamper(event, new Change.Late(requireNotNegative(time)));
    }

    /**
     * Passes an event on only right after another one; if that never passes, it is lost.
     *
     * @param event which
     * @param other the one to wait for, in the same direction
     * @return the fault
     */
    static Fault holdUntil(Moment.Event event, Moment.Event other) {
        if (event.direction() != other.direction()) {
            throw new IllegalArgumentException(
                    "an event can wait only for one of its own direction, " + event.direction());
        }
        return new Faults.Tamper(event, new Change.Hold(other));
    }

    /**
     * Passes another text on in place of an event.
     *
     * @param event which
     * @param change makes the text, JSON or not, of the event's JSON; called on the proxy's thread
     * @return the fault
     */
    static Fault replace(Moment.Event event, UnaryOperator<String> change) {
        return new Faults.Tamper(event, new Change.Replace(change));
    }

    /**
     * Makes an event longer, by a member that nobody knows.
     *
     * @param event which
     * @param bytes by how many bytes at least
     * @return the fault
     */
    static Fault pad(Moment.Event event, int bytes) {
        if (bytes < 1) {
            throw new IllegalArgumentException("an event is made longer by at least 1 byte, not " + bytes);
        }
        return new Faults.Tamper(event, new Change.Pad(bytes));
    }

    /**
     * Passes an event on in several frames, one message still.
     *
     * @param event which
     * @param frames in how many, at least 2; fewer if it has fewer bytes
     * @return the fault
     */
    static Fault fragment(Moment.Event event, int frames) {
        if (frames < 2) {
            throw new IllegalArgumentException("a fragmented message has at least 2 frames, not " + frames);
        }
        return new Faults.Tamper(event, new Change.Fragment(frames));
    }

    private static Fault atFrame(Moment moment, Act act) {
        if (moment instanceof Moment.Connected || moment instanceof Moment.Bytes) {
            throw new IllegalArgumentException(
                    "a frame can be sent after a frame or an event, not at " + moment + "; see afterFrames");
        }
        return new Faults.At(moment, act);
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    private static ByteBuffer copyOf(byte[] bytes) {
        return ByteBuffer.wrap(bytes.clone());
    }

    private static Duration requireNotNegative(Duration time) {
        if (time.isNegative()) {
            throw new IllegalArgumentException("a time must not be negative, but is " + time);
        }
        return time;
    }
}
