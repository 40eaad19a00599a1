package io.qwenasr.reactor.test;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.json.JsonFactory;

/** Reads the type of an event, and nothing else. */
final class EventTypes {

    private static final JsonFactory JSON = JsonFactory.builder()
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxStringLength(Integer.MAX_VALUE)
                    .build())
            .build();

    private EventTypes() {}

    /**
     * Returns the type of an event.
     *
     * @param message a text message of bytes on the heap
     * @return the value of {@code type}, or null if it is not an event
     */
    static @Nullable String of(ByteBuffer message) {
        try (JsonParser parser = JSON.createParser(
                ObjectReadContext.empty(),
                message.array(),
                message.arrayOffset() + message.position(),
                message.remaining())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                return null;
            }
            for (String name = parser.nextName(); name != null; name = parser.nextName()) {
                JsonToken value = parser.nextToken();
                if (name.equals("type")) {
                    return value == JsonToken.VALUE_STRING ? parser.getString() : null;
                }
                parser.skipChildren();
            }
            return null;
        } catch (JacksonException malformed) {
            return null;
        }
    }
}
