package io.qwenasr.samples.benchmarks.peer;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpClientCodec;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketClientProtocolHandler;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.net.URI;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Netty's own WebSocket client, on as many event loops as reactor-netty would take. */
final class RawNetty implements AutoCloseable {

    private static final String SCHEME_OF_TLS = "wss";

    private final EventLoopGroup loops =
            new MultiThreadIoEventLoopGroup(Math.max(Runtime.getRuntime().availableProcessors(), 4), transport());

    private static IoHandlerFactory transport() {
        return Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    }

    /** Connects, and puts the handler at the end of the pipeline once the WebSocket is open. */
    Channel connect(SessionPlan plan, Supplier<ChannelHandler> handler) throws Exception {
        URI address = plan.withModel();
        SslContext tls = SCHEME_OF_TLS.equals(address.getScheme())
                ? SslContextBuilder.forClient().build()
                : null;
        Bootstrap bootstrap = new Bootstrap()
                .group(loops)
                .channel(Epoll.isAvailable() ? EpollSocketChannel.class : NioSocketChannel.class)
                .handler(new Initializer(address, tls, handler));
        return bootstrap.connect(address.getHost(), address.getPort()).sync().channel();
    }

    @Override
    public void close() {
        loops.shutdownGracefully();
    }

    private static final class Initializer extends ChannelInitializer<SocketChannel> {

        private final URI address;
        private final @Nullable SslContext tls;
        private final Supplier<ChannelHandler> handler;

        Initializer(URI address, @Nullable SslContext tls, Supplier<ChannelHandler> handler) {
            this.address = address;
            this.tls = tls;
            this.handler = handler;
        }

        @Override
        protected void initChannel(SocketChannel channel) {
            if (tls != null) {
                channel.pipeline().addLast(tls.newHandler(channel.alloc(), address.getHost(), address.getPort()));
            }
            channel.pipeline()
                    .addLast(
                            new HttpClientCodec(),
                            new HttpObjectAggregator(8_192),
                            new WebSocketClientProtocolHandler(WebSocketClientProtocolConfig.newBuilder()
                                    .webSocketUri(address)
                                    .customHeaders(new DefaultHttpHeaders()
                                            .set(HttpHeaderNames.AUTHORIZATION, "Bearer " + Wire.KEY))
                                    .handleCloseFrames(false)
                                    .dropPongFrames(false)
                                    .maxFramePayloadLength(1 << 20)
                                    .build()),
                            new OnUpgrade(handler));
        }
    }

    private static final class OnUpgrade extends ChannelInboundHandlerAdapter {

        private final Supplier<ChannelHandler> handler;

        OnUpgrade(Supplier<ChannelHandler> handler) {
            this.handler = handler;
        }

        @Override
        public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
            if (event == WebSocketClientProtocolHandler.ClientHandshakeStateEvent.HANDSHAKE_COMPLETE) {
                ctx.pipeline().replace(this, "session", handler.get());
            }
        }
    }
}
