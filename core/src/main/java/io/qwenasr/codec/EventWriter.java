package io.qwenasr.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufOutputStream;
import java.io.OutputStream;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;

/** Writes members; those that are null are left out. */
final class EventWriter {

    private static final int INITIAL_BYTES = 512;

    private final JsonGenerator generator;

    private EventWriter(JsonGenerator generator) {
        this.generator = generator;
    }

    static ByteBuf write(
            @Nullable String eventId,
            String type,
            Extras extras,
            ByteBufAllocator alloc,
            Consumer<EventWriter> members) {
        ByteBuf buffer = alloc.buffer(INITIAL_BYTES);
        try {
            try (JsonGenerator generator = Json.FACTORY.createGenerator(
                    ObjectWriteContext.empty(), (OutputStream) new ByteBufOutputStream(buffer))) {
                EventWriter out = new EventWriter(generator);
                generator.writeStartObject();
                out.text("event_id", eventId);
                out.text("type", type);
                members.accept(out);
                out.extras(extras);
                generator.writeEndObject();
            }
            return buffer;
        } catch (JacksonException refused) {
            buffer.release();
            throw new IllegalArgumentException(type + " cannot be written: " + refused.getOriginalMessage(), refused);
        } catch (Throwable failed) {
            buffer.release();
            throw failed;
        }
    }

    void beginObject(String name) {
        generator.writeName(name);
        generator.writeStartObject();
    }

    void endObject() {
        generator.writeEndObject();
    }

    void text(String name, @Nullable String value) {
        if (value != null) {
            generator.writeStringProperty(name, value);
        }
    }

    void texts(String name, @Nullable List<String> values) {
        if (values != null) {
            generator.writeName(name);
            generator.writeStartArray();
            values.forEach(generator::writeString);
            generator.writeEndArray();
        }
    }

    void integer(String name, @Nullable Integer value) {
        if (value != null) {
            generator.writeNumberProperty(name, value);
        }
    }

    void integer(String name, long value) {
        generator.writeNumberProperty(name, value);
    }

    void number(String name, @Nullable Double value) {
        if (value != null) {
            generator.writeNumberProperty(name, value);
        }
    }

    void nil(String name) {
        generator.writeNullProperty(name);
    }

    void raw(String name, String json) {
        generator.writeName(name);
        generator.writeRawValue(json);
    }

    void extras(Extras extras) {
        extras.members().forEach(this::raw);
    }
}
