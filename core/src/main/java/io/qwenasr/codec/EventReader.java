package io.qwenasr.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufInputStream;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.TokenStreamContext;
import tools.jackson.core.TokenStreamLocation;

/**
 * A cursor over the members of one event. It stands on a value; each reading method checks the value's
 * type and takes it.
 *
 * <p>An event is read twice: once up to its {@code type}, which may be its last member, and once whole,
 * knowing the type. So nothing has to be kept until the type is known.
 */
final class EventReader implements AutoCloseable {

    private static final int EXCERPT_BYTES = 60;
    private static final int DETAIL_CHARS = 100;
    private static final double EXACT_INTEGERS = 1L << 53;

    private final ByteBuf json;
    private final ReadLimits limits;
    private final int start;
    private final JsonParser parser;

    private EventReader(ByteBuf json, ReadLimits limits) {
        this.json = json;
        this.limits = limits;
        this.start = json.readerIndex();
        this.parser = json.hasArray()
                ? limits.json()
                        .createParser(
                                ObjectReadContext.empty(),
                                json.array(),
                                json.arrayOffset() + json.readerIndex(),
                                json.readableBytes())
                : limits.json().createParser(ObjectReadContext.empty(), (InputStream)
                        new ByteBufInputStream(json.duplicate()));
    }

    /** Reads a whole event of a server, as the other method does. */
    static <E> E decode(ByteBuf json, @Nullable String knownType, BiFunction<EventReader, String, E> event) {
        return decode(json, knownType, ReadLimits.OF_SERVERS, event);
    }

    /**
     * Reads a whole event; the function gets the reader in front of the first member, and the type.
     *
     * @param knownType the type, if whatever comes up to it has been read before; null to look for it
     */
    static <E> E decode(
            ByteBuf json, @Nullable String knownType, ReadLimits limits, BiFunction<EventReader, String, E> event) {
        requireUtf8Object(json);
        try {
            String type = knownType == null ? typeOf(json, limits) : knownType;
            try (EventReader in = new EventReader(json, limits)) {
                return in.whole(type, event);
            }
        } catch (MalformedEventException malformed) {
            throw new MalformedEventException(describe(malformed), eventIdOf(json, limits), malformed.param());
        }
    }

    private static String describe(MalformedEventException malformed) {
        String message = malformed.getMessage();
        return message == null ? "malformed event" : message;
    }

    /** Keeps the parser from guessing another encoding, which zeros or a byte order mark make it do. */
    private static void requireUtf8Object(ByteBuf json) {
        int error = Utf8.firstError(json);
        if (error >= 0) {
            throw new MalformedEventException("not UTF-8 at byte " + error, null, null);
        }
        int at = json.forEachByte(b -> b == ' ' || b == '\t' || b == '\n' || b == '\r');
        if (at < 0) {
            throw new MalformedEventException("an event must be a JSON object, not empty", null, null);
        }
        if (json.getByte(at) != '{') {
            throw new MalformedEventException(
                    "an event must be a JSON object; byte " + (at - json.readerIndex()) + " is not '{'", null, null);
        }
        if (at + 1 < json.writerIndex() && json.getByte(at + 1) == 0) {
            throw new MalformedEventException(
                    "not well-formed JSON at byte " + (at + 1 - json.readerIndex()) + ": zero byte", null, null);
        }
    }

    private static String typeOf(ByteBuf json, ReadLimits limits) {
        try (EventReader in = new EventReader(json, limits)) {
            return in.guarded(() -> {
                in.beginObject();
                for (String name = in.nextMember(); name != null; name = in.nextMember()) {
                    if (name.equals("type")) {
                        return in.requiredText();
                    }
                    in.skip();
                }
                throw missing("type");
            });
        }
    }

    private static @Nullable String eventIdOf(ByteBuf json, ReadLimits limits) {
        try (EventReader in = new EventReader(json, limits)) {
            in.beginObject();
            for (String name = in.nextMember(); name != null; name = in.nextMember()) {
                if (name.equals("event_id") && in.parser.currentToken() == JsonToken.VALUE_STRING) {
                    return in.parser.getString();
                }
                in.skip();
            }
            return null;
        } catch (JacksonException | MalformedEventException unreadable) {
            return null;
        }
    }

    private <E> E whole(String type, BiFunction<EventReader, String, E> event) {
        return guarded(() -> {
            beginObject();
            E read = event.apply(this, type);
            if (parser.nextToken() != null) {
                throw new MalformedEventException(
                        "not well-formed JSON at byte " + tokenOffset() + ": more after the event", null, null);
            }
            return read;
        });
    }

    private interface Reading<E> {
        E read();
    }

    private <E> E guarded(Reading<E> reading) {
        try {
            return reading.read();
        } catch (JacksonException malformed) {
            throw malformed(malformed);
        }
    }

    private MalformedEventException malformed(JacksonException cause) {
        StringBuilder message = new StringBuilder("not well-formed JSON");
        TokenStreamLocation location = cause.getLocation();
        if (location != null && location.getByteOffset() >= 0) {
            message.append(" at byte ").append(location.getByteOffset());
        }
        String path = path();
        if (!path.isEmpty()) {
            message.append(", near ").append(excerpt(path));
        }
        String detail = cause.getOriginalMessage();
        if (detail != null && !path.equals("audio")) {
            message.append(": ").append(excerpt(detail));
        }
        return new MalformedEventException(message.toString(), null, null);
    }

    private static String excerpt(String text) {
        return text.length() <= DETAIL_CHARS ? text : text.substring(0, DETAIL_CHARS) + "…";
    }

    static MalformedEventException missing(String path) {
        return new MalformedEventException(path + " is missing", null, path);
    }

    static <T> T required(@Nullable T value, String path) {
        if (value == null) {
            throw missing(path);
        }
        return value;
    }

    /** Enters the object that the cursor stands on, or the root. */
    void beginObject() {
        JsonToken token = parser.currentToken() == null ? parser.nextToken() : parser.currentToken();
        if (token != JsonToken.START_OBJECT) {
            throw mistyped("an object");
        }
    }

    /** Moves to the value of the next member and returns its name, or null at the object's end. */
    @Nullable String nextMember() {
        String name = parser.nextName();
        if (name != null) {
            parser.nextToken();
        }
        return name;
    }

    /** Moves to the next element of the array that was entered; false at its end. */
    boolean nextElement() {
        return parser.nextToken() != JsonToken.END_ARRAY;
    }

    void beginArray() {
        if (parser.currentToken() != JsonToken.START_ARRAY) {
            throw mistyped("an array");
        }
    }

    boolean isNull() {
        return parser.currentToken() == JsonToken.VALUE_NULL;
    }

    void skip() {
        parser.skipChildren();
    }

    ExtrasBuilder extras() {
        return new ExtrasBuilder(limits.maxExtras());
    }

    int size() {
        return json.readableBytes();
    }

    /** The value's JSON, as it came. */
    String raw() {
        int from = tokenOffset();
        parser.skipChildren();
        parser.finishToken();
        int to = Math.toIntExact(parser.currentLocation().getByteOffset());
        return json.toString(start + from, to - from, UTF_8);
    }

    /** The whole event's JSON, as it came. */
    String json() {
        return json.toString(UTF_8);
    }

    String text() {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw mistyped("a string");
        }
        return parser.getString();
    }

    @Nullable String textOrNull() {
        return isNull() ? null : text();
    }

    String requiredText() {
        String text = text();
        if (text.isEmpty()) {
            throw mistyped("a non-empty string");
        }
        return text;
    }

    /** A text that is good to have: of another type, it is kept with the extras. */
    @Nullable String textOrKeep(String name, ExtrasBuilder extras) {
        if (parser.currentToken() == JsonToken.VALUE_STRING) {
            return parser.getString();
        }
        if (!isNull()) {
            extras.keep(name, raw());
        }
        return null;
    }

    /** Like {@link #textOrKeep}, but takes the digits of a number. */
    @Nullable String scalarOrKeep(String name, ExtrasBuilder extras) {
        JsonToken token = parser.currentToken();
        return token != null && token.isNumeric() ? parser.getString() : textOrKeep(name, extras);
    }

    long integer() {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.VALUE_NUMBER_INT && parser.getNumberType() != JsonParser.NumberType.BIG_INTEGER) {
            return parser.getLongValue();
        }
        if (token == JsonToken.VALUE_NUMBER_FLOAT) {
            double value = parser.getDoubleValue();
            if (value == Math.rint(value) && Math.abs(value) <= EXACT_INTEGERS) {
                return (long) value;
            }
        }
        throw mistyped("an integer");
    }

    int smallInteger() {
        long value = integer();
        if (value != (int) value) {
            throw mistyped("an integer of 32 bits");
        }
        return (int) value;
    }

    double number() {
        JsonToken token = parser.currentToken();
        if (token == null || !token.isNumeric()) {
            throw mistyped("a number");
        }
        double value = parser.getDoubleValue();
        if (!Double.isFinite(value)) {
            throw mistyped("a number of 64 bits");
        }
        return value;
    }

    ByteBuffer base64() {
        if (parser.currentToken() != JsonToken.VALUE_STRING) {
            throw mistyped("a string of base64");
        }
        int from = start + tokenOffset() + 1;
        int to = json.indexOf(from, json.writerIndex(), (byte) '"');
        try {
            if (to >= 0 && json.indexOf(from, to, (byte) '\\') < 0) {
                return Base64Body.decode(json.nioBuffer(from, to - from));
            }
            return Base64Body.decode(parser.getStringCharacters(), parser.getStringOffset(), parser.getStringLength());
        } catch (IllegalArgumentException malformed) {
            String path = path();
            throw new MalformedEventException(path + " must be standard padded base64", null, path);
        }
    }

    private int tokenOffset() {
        return Math.toIntExact(parser.currentTokenLocation().getByteOffset());
    }

    private MalformedEventException mistyped(String expected) {
        String path = path();
        String found = path.equals("audio") ? "" : ", not " + found();
        return new MalformedEventException(
                (path.isEmpty() ? "an event" : excerpt(path)) + " must be " + expected + found, null, path);
    }

    private String found() {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_OBJECT) {
            return "an object";
        }
        if (token == JsonToken.START_ARRAY) {
            return "an array";
        }
        int from = tokenOffset();
        parser.finishToken();
        int length = Math.toIntExact(parser.currentLocation().getByteOffset()) - from;
        String text = json.toString(start + from, Math.min(length, EXCERPT_BYTES), UTF_8);
        return length > EXCERPT_BYTES ? text + "…" : text;
    }

    /** Path of the value that the cursor stands on, such as {@code session.modalities[0]}. */
    private String path() {
        Deque<TokenStreamContext> contexts = new ArrayDeque<>();
        for (TokenStreamContext at = parser.streamReadContext(); at != null && !at.inRoot(); at = at.getParent()) {
            contexts.push(at);
        }
        StringBuilder path = new StringBuilder();
        boolean entered =
                parser.currentToken() == JsonToken.START_OBJECT || parser.currentToken() == JsonToken.START_ARRAY;
        for (TokenStreamContext at : contexts) {
            if (entered && at == contexts.peekLast()) {
                break;
            }
            if (at.inArray()) {
                path.append('[').append(at.getCurrentIndex()).append(']');
            } else if (at.currentName() != null) {
                path.append(path.isEmpty() ? "" : ".").append(at.currentName());
            }
        }
        return path.toString();
    }

    @Override
    public void close() {
        parser.close();
    }
}
