package io.qwenasr.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * JSON of the client's events, in both directions. Stateless; safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class ClientEvents {

    private ClientEvents() {}

    /**
     * Reads one event from UTF-8 JSON.
     *
     * <p>It need not be trusted: other events than appends may have 256 KiB, and each of their objects, and an
     * append, 128 unknown members.
     *
     * @param json one whole message: its readable bytes. Neither its indices nor its reference count change,
     *     and nothing of it is kept
     * @return the event; of a type that this version does not know, a {@link ClientEvent.Unknown}
     * @throws MalformedEventException if it is not an event, or too much of one
     */
    public static ClientEvent decode(ByteBuf json) {
        ClientEvent append = PlainAppends.read(json);
        return append == null ? EventReader.decode(json, null, ReadLimits.OF_CLIENTS, ClientEventReader::read) : append;
    }

    /**
     * Writes one event as UTF-8 JSON.
     *
     * @param event the event
     * @param alloc where the buffer comes from
     * @return a new buffer, to be released by the caller
     * @throws IllegalArgumentException if extras name a member that is written anyway
     */
    public static ByteBuf encode(ClientEvent event, ByteBufAllocator alloc) {
        return ClientEventWriter.write(event, alloc);
    }

    /**
     * Writes an {@code input_audio_buffer.append} as UTF-8 JSON, without an object in between.
     *
     * @param eventId id of the event, or null to send none
     * @param audio the bytes between position and limit, heap or direct; neither changes
     * @param alloc where the buffer comes from
     * @return a new buffer of the exact size, to be released by the caller
     */
    public static ByteBuf encodeAppend(@Nullable String eventId, ByteBuffer audio, ByteBufAllocator alloc) {
        return AppendWriter.write(eventId, audio, Extras.NONE, alloc);
    }
}
