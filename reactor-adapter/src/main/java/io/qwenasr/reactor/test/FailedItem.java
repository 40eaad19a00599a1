package io.qwenasr.reactor.test;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.qwenasr.ServerError;
import io.qwenasr.codec.Extras;
import io.qwenasr.codec.ServerEvent;
import io.qwenasr.codec.ServerEvents;
import java.nio.charset.StandardCharsets;

/** Makes the failure of an item of its result. */
final class FailedItem {

    private FailedItem() {}

    static String instead(byte[] completed) {
        ServerEvent event = ServerEvents.decode(Unpooled.wrappedBuffer(completed));
        if (!(event instanceof ServerEvent.Completed result)) {
            throw new IllegalArgumentException("a result is needed, not " + event.type());
        }
        ServerError error = new ServerError(null, "transcription_failed", "made by the fault proxy", null, null);
        ByteBuf json = ServerEvents.encode(
                new ServerEvent.Failed(
                        result.eventId(), result.itemId(), result.contentIndex(), error, Extras.NONE, Extras.NONE),
                UnpooledByteBufAllocator.DEFAULT);
        try {
            return json.toString(StandardCharsets.UTF_8);
        } finally {
            json.release();
        }
    }
}
