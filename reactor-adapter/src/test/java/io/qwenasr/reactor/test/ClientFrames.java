package io.qwenasr.reactor.test;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** What one client sends, seen by the server's socket: how many frames, and the codes of its Close frames. */
final class ClientFrames extends ChannelInboundHandlerAdapter {

    private static final int CLOSE = 0x8;
    private static final int NO_CODE = 1005;

    private final StreamScanner scanner = new StreamScanner(true);
    private final List<Integer> closeCodes = new CopyOnWriteArrayList<>();
    private volatile int frames;

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        if (msg instanceof ByteBuf bytes) {
            scanner.add(bytes.duplicate());
            for (StreamScanner.Unit unit = scanner.next(); unit != null; unit = scanner.next()) {
                if (unit instanceof StreamScanner.Message message) {
                    count(message);
                }
            }
        }
        ctx.fireChannelRead(msg);
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // One writer: the event loop.
    private void count(StreamScanner.Message message) {
        frames++;
        if (message.opcode() == CLOSE) {
            boolean coded = message.payload().remaining() >= 2;
            closeCodes.add(coded ? message.payload().getShort(message.payload().position()) & 0xFFFF : NO_CODE);
        }
    }

    int frames() {
        return frames;
    }

    List<Integer> closeCodes() {
        return closeCodes;
    }
}
