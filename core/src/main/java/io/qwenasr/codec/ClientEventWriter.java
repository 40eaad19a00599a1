package io.qwenasr.codec;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.qwenasr.codec.ClientEvent.Append;
import io.qwenasr.codec.ClientEvent.SessionUpdate;
import io.qwenasr.codec.ClientEvent.Unknown;

/** Writes client events in the member order of the documentation. */
final class ClientEventWriter {

    private ClientEventWriter() {}

    static ByteBuf write(ClientEvent event, ByteBufAllocator alloc) {
        if (event instanceof Append append) {
            return AppendWriter.write(append.eventId(), append.audio(), append.extras(), alloc);
        }
        if (event instanceof Unknown unknown) {
            return ByteBufUtil.writeUtf8(alloc, unknown.json());
        }
        return EventWriter.write(event.eventId(), event.type(), event.extras(), alloc, out -> {
            if (event instanceof SessionUpdate update) {
                SessionConfigWriter.write(out, update.session());
            }
        });
    }
}
