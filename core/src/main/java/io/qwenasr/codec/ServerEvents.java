package io.qwenasr.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;

/**
 * JSON of the server's events, in both directions. Stateless; safe for use by several threads.
 *
 * @since 0.1.0
 */
public final class ServerEvents {

    private ServerEvents() {}

    /**
     * Reads one event from UTF-8 JSON.
     *
     * @param json one whole message: its readable bytes. Neither its indices nor its reference count change,
     *     and nothing of it is kept
     * @return the event; of a type that this version does not know, a {@link ServerEvent.Unknown}
     * @throws MalformedEventException if it is not an event
     */
    public static ServerEvent decode(ByteBuf json) {
        return PlainServerEvents.decode(json);
    }

    /**
     * Reads one event as {@link #decode} does, but for {@link ServerEvent#eventId()}, which is null: for who has no use
     * for ids, of which each event has another.
     *
     * @param json one whole message: its readable bytes. Neither its indices nor its reference count change,
     *     and nothing of it is kept
     * @return the event; of a type that this version does not know, a {@link ServerEvent.Unknown}
     * @throws MalformedEventException if it is not an event
     */
    public static ServerEvent decodeWithoutId(ByteBuf json) {
        return PlainServerEvents.decodeWithoutId(json);
    }

    /**
     * Tells whether this is a {@link ServerEvent.Text}, for who does not want those: looks no further than the type.
     *
     * @param json one whole message: its readable bytes. Neither its indices nor its reference count change
     * @return true if it is one, whether or not the rest of it is well-formed; false also where the type does not stand
     *     at the beginning, behind nothing but the id of the event, and has to be found by decoding
     */
    public static boolean isText(ByteBuf json) {
        return PlainServerEvents.isText(json);
    }

    /**
     * Writes one event as UTF-8 JSON.
     *
     * @param event the event
     * @param alloc where the buffer comes from
     * @return a new buffer, to be released by the caller
     * @throws IllegalArgumentException if extras name a member that is written anyway
     */
    public static ByteBuf encode(ServerEvent event, ByteBufAllocator alloc) {
        return ServerEventWriter.write(event, alloc);
    }
}
