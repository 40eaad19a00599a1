package io.qwenasr.samples.benchmarks.peer;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocketFrameEncoder;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Not a client but the floor under all of them: Netty writes whole frames, 16 to a flush, and nothing else is done.
 */
final class FloorPeer implements Peer {

    private static final int FRAMES_PER_FLUSH = 16;
    private static final int FLUSHES_PER_TURN = 4;

    private final RawNetty netty = new RawNetty();
    private final JsonMapper json = JsonMapper.builder().build();
    private final FusedAppend append = new FusedAppend(Audio.APPEND_BYTES);
    private final @Nullable ByteBuf ready;

    /**
     * Chooses a floor.
     *
     * @param encode whether each frame is encoded, or one is sent again and again
     */
    FloorPeer(boolean encode) {
        // Never released, so not by an allocator that would tell of a leak.
        this.ready = encode ? null : append.encode(Audio.noise(1), new UnpooledByteBufAllocator(true, true));
    }

    @Override
    public Session open(SessionPlan plan) throws Exception {
        Ready configured = new Ready(plan.listener());
        Writer writer = new Writer(plan, configured);
        netty.connect(plan, () -> writer);
        configured.await();
        return writer;
    }

    @Override
    public void close() {
        netty.close();
    }

    private final class Writer extends SimpleChannelInboundHandler<WebSocketFrame> implements Session {

        private final SessionPlan plan;
        private final Ready configured;
        private final FusedAppend encoder = new FusedAppend(Audio.APPEND_BYTES);
        private @Nullable ChannelHandlerContext context;
        private @Nullable ChannelHandlerContext out;
        private boolean pumping;
        private boolean finished;

        Writer(SessionPlan plan, Ready configured) {
            this.plan = plan;
            this.configured = configured;
        }

        @Override
        public void handlerAdded(ChannelHandlerContext ctx) {
            context = ctx;
            out = ctx.pipeline().context(WebSocketFrameEncoder.class);
            send(ctx, Wire.update());
        }

        private void send(ChannelHandlerContext ctx, Object event) {
            ctx.writeAndFlush(new TextWebSocketFrame(json.writeValueAsString(event)));
        }

        @Override
        protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
            if (frame instanceof TextWebSocketFrame text) {
                onText(ctx, text.text());
            } else if (frame instanceof PingWebSocketFrame ping) {
                ctx.writeAndFlush(new PongWebSocketFrame(ping.content().retain()));
            } else if (frame instanceof CloseWebSocketFrame) {
                configured.onEnd(null);
                ctx.close();
            }
        }

        private void onText(ChannelHandlerContext ctx, String message) {
            if (message.contains(Wire.PARTIAL)) {
                int from = message.indexOf("\"text\":\"") + 8;
                plan.listener().onPartial(message.substring(from, message.indexOf('"', from)));
            } else if (message.contains(Wire.UPDATED)) {
                configured.onReady();
                if (plan.source() != null) {
                    pumping = true;
                    pump(ctx, plan.source());
                }
            } else if (message.contains(Wire.FINISHED)) {
                ctx.writeAndFlush(new CloseWebSocketFrame(1000, ""));
            }
        }

        private void pump(ChannelHandlerContext ctx, PcmSource source) {
            Channel channel = ctx.channel();
            for (int turn = 0; turn < FLUSHES_PER_TURN && channel.isWritable(); turn++) {
                for (int i = 0; i < FRAMES_PER_FLUSH; i++) {
                    ByteBuffer pcm = source.next();
                    if (pcm == null) {
                        finished = true;
                        send(ctx, Wire.finish());
                        return;
                    }
                    write(pcm);
                }
                ctx.flush();
            }
            if (channel.isWritable()) {
                channel.eventLoop().execute(() -> pump(ctx, source));
            } else {
                pumping = false;
            }
        }

        private void write(ByteBuffer pcm) {
            ChannelHandlerContext ctx = out;
            if (ctx != null) {
                ByteBuf frame =
                        ready == null ? encoder.encode(Audio.bytes(pcm), ctx.alloc()) : ready.retainedDuplicate();
                ctx.write(frame, ctx.voidPromise());
            }
        }

        @Override
        public void channelWritabilityChanged(ChannelHandlerContext ctx) {
            PcmSource source = plan.source();
            if (source != null && ctx.channel().isWritable() && !pumping && !finished) {
                pumping = true;
                pump(ctx, source);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext ctx) {
            configured.onEnd(new IllegalStateException("the server is gone"));
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext ctx, Throwable error) {
            configured.onEnd(error);
            ctx.close();
        }

        @Override
        public boolean offer(ByteBuffer pcm) {
            ChannelHandlerContext ctx = context;
            if (ctx == null) {
                return false;
            }
            ctx.executor().execute(() -> {
                write(pcm);
                ctx.flush();
            });
            return true;
        }

        @Override
        public void finish() {
            ChannelHandlerContext ctx = context;
            if (ctx != null) {
                ctx.executor().execute(() -> send(ctx, Wire.finish()));
            }
        }

        @Override
        public void abort() {
            ChannelHandlerContext ctx = context;
            if (ctx != null) {
                ctx.close();
            }
        }
    }
}
