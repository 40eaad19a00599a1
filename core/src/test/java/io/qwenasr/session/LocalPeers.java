package io.qwenasr.session;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.local.LocalAddress;
import io.netty.channel.local.LocalChannel;
import io.netty.channel.local.LocalIoHandler;
import io.netty.channel.local.LocalServerChannel;
import io.netty.handler.codec.http.websocketx.TextWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameEncoder;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import io.netty.util.concurrent.Future;
import io.qwenasr.codec.ClientEvent;
import io.qwenasr.codec.ClientEvents;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** A peer in this JVM on real event loops, which takes every configuration and all audio. */
final class LocalPeers implements AutoCloseable {

    private static final int MAX_FRAME = 1 << 20;

    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, LocalIoHandler.newFactory());
    private final LocalAddress address = new LocalAddress(UUID.randomUUID().toString());

    LocalPeers() {
        await(new ServerBootstrap()
                .group(group)
                .channel(LocalServerChannel.class)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        new WebSocket13FrameDecoder(true, false, MAX_FRAME),
                                        new WebSocket13FrameEncoder(false),
                                        new Accepting());
                    }
                })
                .bind(address));
    }

    Channel connect(ChannelHandler handler) {
        var connected = new Bootstrap()
                .group(group)
                .channel(LocalChannel.class)
                .handler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        channel.pipeline()
                                .addLast(
                                        new WebSocket13FrameDecoder(false, false, MAX_FRAME),
                                        new WebSocket13FrameEncoder(true),
                                        handler);
                    }
                })
                .connect(address);
        await(connected);
        return connected.channel();
    }

    private static void await(Future<?> future) {
        if (!future.awaitUninterruptibly(10, TimeUnit.SECONDS) || !future.isSuccess()) {
            throw new IllegalStateException("no local connection", future.cause());
        }
    }

    @Override
    public void close() {
        await(group.shutdownGracefully(0, 1, TimeUnit.SECONDS));
    }

    private static final class Accepting extends SimpleChannelInboundHandler<WebSocketFrame> {
        @Override
        protected void channelRead0(ChannelHandlerContext ctx, WebSocketFrame frame) {
            if (frame instanceof TextWebSocketFrame
                    && ClientEvents.decode(frame.content()) instanceof ClientEvent.SessionUpdate) {
                say(ctx, ClientHarness.CREATED);
                say(ctx, ClientHarness.UPDATED);
            }
        }

        private static void say(ChannelHandlerContext ctx, String json) {
            ctx.writeAndFlush(new TextWebSocketFrame(Unpooled.copiedBuffer(json, StandardCharsets.UTF_8)));
        }
    }
}
