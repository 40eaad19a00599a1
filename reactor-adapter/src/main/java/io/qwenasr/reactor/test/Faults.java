package io.qwenasr.reactor.test;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;

/** What the faults are made of: plain data, which {@link Link} and {@link Lane} carry out. */
final class Faults {

    private Faults() {}

    record Refuse() implements Fault {}

    record Delay(Duration time) implements Fault {}

    record Reject(int status, Map<String, String> headers, String body) implements Fault {
        Reject {
            Objects.requireNonNull(body, "body");
            if (status < 200 || status > 599) {
                throw new IllegalArgumentException("a status is 200 to 599, not " + status);
            }
            if (headers.toString().contains("\r") || headers.toString().contains("\n")) {
                throw new IllegalArgumentException("a header field must not have line breaks: " + headers);
            }
        }
    }

    record Segments(Direction direction, int maxBytes) implements Fault {
        Segments {
            Objects.requireNonNull(direction, "direction");
            if (maxBytes < 1) {
                throw new IllegalArgumentException("a segment has at least 1 byte, not " + maxBytes);
            }
        }
    }

    record Latency(Duration min, Duration max) implements Fault {}

    record At(Moment moment, Act act) implements Fault {
        At {
            Objects.requireNonNull(moment, "moment");
        }
    }

    record Tamper(Moment.Event event, Change change) implements Fault {
        Tamper {
            Objects.requireNonNull(event, "event");
        }
    }

    /** Tells whether a fault looks into the WebSocket. */
    static boolean needsFrames(Fault fault) {
        return fault instanceof Tamper
                || (fault instanceof At at
                        && !(at.moment() instanceof Moment.Connected)
                        && !(at.moment() instanceof Moment.Bytes));
    }

    /** What happens to a connection at a moment. */
    sealed interface Act {

        record Reset() implements Act {}

        record Cut() implements Act {}

        record HalfOpen() implements Act {}

        record StopReading(Direction direction) implements Act {
            public StopReading {
                Objects.requireNonNull(direction, "direction");
            }
        }

        record SendText(ByteBuffer payload) implements Act {
            @Override
            public String toString() {
                return "SendText[" + excerpt(payload) + "]";
            }
        }

        record SendBinary(ByteBuffer payload) implements Act {
            @Override
            public String toString() {
                return "SendBinary[" + payload.remaining() + " bytes]";
            }
        }

        record SendRaw(ByteBuffer bytes) implements Act {
            @Override
            public String toString() {
                return "SendRaw[" + bytes.remaining() + " bytes]";
            }
        }

        /** A Close frame; its payload is code and reason, or nothing. */
        record SendClose(ByteBuffer payload) implements Act {
            private static final int MAX_REASON = 123;

            static SendClose of(int code, String reason) {
                byte[] utf8 = reason.getBytes(StandardCharsets.UTF_8);
                if (code < 0 || code > 0xFFFF) {
                    throw new IllegalArgumentException("a close code has 16 bits: 0 to 65535, not " + code);
                }
                if (utf8.length > MAX_REASON) {
                    throw new IllegalArgumentException(
                            "a close reason has at most 123 bytes of UTF-8, not " + utf8.length);
                }
                return new SendClose(ByteBuffer.allocate(2 + utf8.length)
                        .putShort((short) code)
                        .put(utf8)
                        .flip());
            }

            static SendClose withoutCode() {
                return new SendClose(ByteBuffer.allocate(0));
            }

            @Override
            public String toString() {
                return payload.hasRemaining()
                        ? "SendClose[" + (payload.getShort(payload.position()) & 0xFFFF) + "]"
                        : "SendClose[without code]";
            }
        }

        private static String excerpt(ByteBuffer payload) {
            String text = StandardCharsets.UTF_8.decode(payload.duplicate()).toString();
            return text.length() <= 80 ? text : text.substring(0, 80) + "…";
        }
    }

    /** What becomes of an event. */
    sealed interface Change {

        record Drop() implements Change {}

        record Duplicate() implements Change {}

        record Late(Duration time) implements Change {}

        record Hold(Moment.Event other) implements Change {
            public Hold {
                Objects.requireNonNull(other, "other");
            }
        }

        record Replace(UnaryOperator<String> change) implements Change {
            public Replace {
                Objects.requireNonNull(change, "change");
            }

            @Override
            public String toString() {
                return "Replace[]";
            }
        }

        record Pad(int bytes) implements Change {}

        record Fragment(int frames) implements Change {}
    }
}
