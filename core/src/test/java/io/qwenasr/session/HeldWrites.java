package io.qwenasr.session;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import io.netty.util.ReferenceCountUtil;
import java.util.ArrayDeque;
import java.util.Queue;

/** A network that takes nothing until it is told to. */
final class HeldWrites extends ChannelOutboundHandlerAdapter {

    private record Held(Object message, ChannelPromise promise) {}

    private final Queue<Held> held = new ArrayDeque<>();
    private ChannelHandlerContext context;
    boolean holding;

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
        context = ctx;
    }

    @Override
    public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
        if (holding) {
            held.add(new Held(msg, promise));
        } else {
            ctx.write(msg, promise);
        }
    }

    void fail(Throwable cause) {
        Held next = held.remove();
        ReferenceCountUtil.release(next.message);
        next.promise.setFailure(cause);
    }

    int size() {
        return held.size();
    }

    void release(int n) {
        for (int i = 0; i < n; i++) {
            Held next = held.remove();
            context.writeAndFlush(next.message, next.promise);
        }
    }
}
