package io.qwenasr.codec;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Writes {@code input_audio_buffer.append}, the one event that is sent all the time: straight into a buffer
 * of its final size.
 */
final class AppendWriter {

    private static final byte[] ID = "{\"event_id\":\"".getBytes(US_ASCII);
    private static final byte[] TYPE_AFTER_ID =
            ("\",\"type\":\"" + ClientEvent.Append.TYPE + "\",\"audio\":\"").getBytes(US_ASCII);
    private static final byte[] TYPE_FIRST =
            ("{\"type\":\"" + ClientEvent.Append.TYPE + "\",\"audio\":\"").getBytes(US_ASCII);

    private AppendWriter() {}

    static ByteBuf write(@Nullable String eventId, ByteBuffer audio, Extras extras, ByteBufAllocator alloc) {
        String id = eventId == null ? null : escaped(eventId);
        String more = further(extras, id != null);
        int size = (id == null ? TYPE_FIRST.length : ID.length + ByteBufUtil.utf8Bytes(id) + TYPE_AFTER_ID.length)
                + ByteBufUtil.utf8Bytes(more)
                + 2;
        ByteBuf out = alloc.buffer(Math.addExact(size, Base64Text.encodedLength(audio.remaining())));
        try {
            if (id == null) {
                out.writeBytes(TYPE_FIRST);
            } else {
                out.writeBytes(ID);
                ByteBufUtil.writeUtf8(out, id);
                out.writeBytes(TYPE_AFTER_ID);
            }
            Base64Text.blocks().encode(audio, audio.position(), audio.limit(), out, 0);
            out.writeByte('"');
            ByteBufUtil.writeUtf8(out, more);
            return out.writeByte('}');
        } catch (Throwable failed) {
            out.release();
            throw failed;
        }
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length());
        JsonStringEncoder.getInstance().quoteAsString(text, escaped);
        escapeLoneSurrogates(escaped);
        return escaped.length() == text.length() ? text : escaped.toString();
    }

    /** UTF-8 has no form for them, but JSON has. */
    private static void escapeLoneSurrogates(StringBuilder text) {
        int at = 0;
        while (at < text.length()) {
            int codePoint = text.codePointAt(at);
            if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
                String escape = "\\u" + Integer.toHexString(codePoint);
                text.replace(at, at + 1, escape);
                at += escape.length();
            } else {
                at += Character.charCount(codePoint);
            }
        }
    }

    private static String further(Extras extras, boolean hasId) {
        if (extras.isEmpty()) {
            return "";
        }
        StringBuilder further = new StringBuilder();
        extras.members().forEach((name, json) -> {
            if ((name.equals("event_id") && hasId) || name.equals("type") || name.equals("audio")) {
                throw new IllegalArgumentException("extras of an append must not name its member " + name);
            }
            further.append(",\"").append(escaped(name)).append("\":").append(json);
        });
        return further.toString();
    }
}
