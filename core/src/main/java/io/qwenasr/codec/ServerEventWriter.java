package io.qwenasr.codec;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.qwenasr.ServerError;
import io.qwenasr.codec.ServerEvent.Committed;
import io.qwenasr.codec.ServerEvent.Completed;
import io.qwenasr.codec.ServerEvent.ErrorReported;
import io.qwenasr.codec.ServerEvent.Failed;
import io.qwenasr.codec.ServerEvent.ItemCreated;
import io.qwenasr.codec.ServerEvent.SessionCreated;
import io.qwenasr.codec.ServerEvent.SessionUpdated;
import io.qwenasr.codec.ServerEvent.SpeechStarted;
import io.qwenasr.codec.ServerEvent.SpeechStopped;
import io.qwenasr.codec.ServerEvent.Text;
import io.qwenasr.codec.ServerEvent.Unknown;
import org.jspecify.annotations.Nullable;

/** Writes server events in the member order of the documentation. */
final class ServerEventWriter {

    private ServerEventWriter() {}

    static ByteBuf write(ServerEvent event, ByteBufAllocator alloc) {
        if (event instanceof Unknown unknown && isWhole(unknown)) {
            return ByteBufUtil.writeUtf8(alloc, unknown.json());
        }
        return EventWriter.write(event.eventId(), event.type(), event.extras(), alloc, out -> members(out, event));
    }

    /** Tells whether the JSON of an event is what a client reads as that event. */
    private static boolean isWhole(Unknown event) {
        try {
            ServerEvent read =
                    ServerEvents.decode(Unpooled.wrappedBuffer(event.json().getBytes(UTF_8)));
            return read.type().equals(event.type());
        } catch (MalformedEventException none) {
            return false;
        }
    }

    private static void members(EventWriter out, ServerEvent event) {
        if (event instanceof Text text) {
            transcription(out, text.itemId(), text.contentIndex(), text.language(), text.emotion());
            out.text("text", text.text());
            out.text("stash", text.stash());
        } else if (event instanceof Completed completed) {
            transcription(out, completed.itemId(), completed.contentIndex(), completed.language(), completed.emotion());
            out.text("transcript", completed.transcript());
        } else if (event instanceof Failed failed) {
            transcription(out, failed.itemId(), failed.contentIndex(), null, null);
            error(out, failed.error(), failed.errorExtras());
        } else if (event instanceof SpeechStarted started) {
            out.integer("audio_start_ms", started.audioStartMs());
            out.text("item_id", started.itemId());
        } else if (event instanceof SpeechStopped stopped) {
            out.integer("audio_end_ms", stopped.audioEndMs());
            out.text("item_id", stopped.itemId());
        } else if (event instanceof Committed committed) {
            previousItem(out, committed.previousItemId(), committed.extras());
            out.text("item_id", committed.itemId());
        } else if (event instanceof ItemCreated created) {
            previousItem(out, created.previousItemId(), created.extras());
            ItemShape.write(out, created.itemId(), created.itemExtras());
        } else if (event instanceof SessionCreated created) {
            SessionConfigWriter.write(out, created.session());
        } else if (event instanceof SessionUpdated updated) {
            SessionConfigWriter.write(out, updated.session());
        } else if (event instanceof ErrorReported reported) {
            error(out, reported.error(), reported.errorExtras());
        }
    }

    private static void transcription(
            EventWriter out, String itemId, int contentIndex, @Nullable String language, @Nullable String emotion) {
        out.text("item_id", itemId);
        out.integer("content_index", contentIndex);
        out.text("language", language);
        out.text("emotion", emotion);
    }

    /** The first item has none; the documentation types it as a string, so it is an empty one. */
    private static void previousItem(EventWriter out, @Nullable String itemId, Extras extras) {
        String name = "previous_item_id";
        if (itemId != null) {
            out.text(name, itemId);
        } else if (!extras.members().containsKey(name)) {
            out.text(name, "");
        }
    }

    private static void error(EventWriter out, ServerError error, Extras extras) {
        out.beginObject("error");
        out.text("type", error.type());
        out.text("code", error.code());
        out.text("message", error.message());
        out.text("param", error.param());
        out.text("event_id", error.eventId());
        out.extras(extras);
        out.endObject();
    }
}
