package io.qwenasr.reactor.recording;

import io.qwenasr.ServerError;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.Collection;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes one line. Members that are null are left out. */
final class LineWriter {

    private static final JsonFactory JSON = new JsonFactory();

    private final JsonGenerator json;

    private LineWriter(JsonGenerator json) {
        this.json = json;
    }

    /** Returns a line of these members, with its line feed. */
    static byte[] line(Consumer<LineWriter> members) {
        ByteArrayOutputStream line = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), (OutputStream) line)) {
            json.writeStartObject();
            members.accept(new LineWriter(json));
            json.writeEndObject();
        }
        line.write('\n');
        return line.toByteArray();
    }

    LineWriter text(String name, @Nullable String value) {
        if (value != null) {
            json.writeStringProperty(name, value);
        }
        return this;
    }

    LineWriter number(String name, long value) {
        json.writeNumberProperty(name, value);
        return this;
    }

    LineWriter number(String name, @Nullable Double value) {
        if (value != null) {
            json.writeNumberProperty(name, value);
        }
        return this;
    }

    LineWriter flag(String name, boolean value) {
        json.writeBooleanProperty(name, value);
        return this;
    }

    LineWriter duration(String name, @Nullable Duration value) {
        return text(name, value == null ? null : value.toString());
    }

    LineWriter texts(String name, Collection<String> values) {
        json.writeName(name);
        json.writeStartArray();
        values.forEach(json::writeString);
        json.writeEndArray();
        return this;
    }

    LineWriter object(String name, Consumer<LineWriter> members) {
        json.writeName(name);
        json.writeStartObject();
        members.accept(this);
        json.writeEndObject();
        return this;
    }

    <T> LineWriter objects(String name, Collection<? extends T> values, BiConsumer<LineWriter, T> members) {
        json.writeName(name);
        json.writeStartArray();
        for (T value : values) {
            json.writeStartObject();
            members.accept(this, value);
            json.writeEndObject();
        }
        json.writeEndArray();
        return this;
    }

    LineWriter serverError(String name, ServerError error) {
        return object(
                name,
                out -> out.text("type", error.type())
                        .text("code", error.code())
                        .text("message", error.message())
                        .text("param", error.param())
                        .text("event_id", error.eventId()));
    }
}
