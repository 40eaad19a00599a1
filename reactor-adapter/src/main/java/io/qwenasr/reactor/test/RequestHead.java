package io.qwenasr.reactor.test;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.util.ReferenceCountUtil;

/** Waits for the end of a request's head, and swallows all that comes. */
final class RequestHead extends ChannelInboundHandlerAdapter {

    private static final int END = 0x0D0A0D0A;

    private final Runnable complete;
    private int last;

    RequestHead(Runnable complete) {
        this.complete = complete;
    }

    @Override
    public void channelRead(ChannelHandlerContext ctx, Object msg) {
        try {
            ByteBuf data = (ByteBuf) msg;
            while (data.isReadable() && last != END) {
                last = (last << 8) | (data.readByte() & 0xFF);
                if (last == END) {
                    complete.run();
                }
            }
        } finally {
            ReferenceCountUtil.release(msg);
        }
    }
}
