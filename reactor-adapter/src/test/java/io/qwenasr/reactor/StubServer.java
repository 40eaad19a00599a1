package io.qwenasr.reactor;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolConfig;
import io.netty.handler.codec.http.websocketx.WebSocketServerProtocolHandler;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A server that does what a test tells it to, and nothing well-behaved of its own; see {@link StubSession}.
 *
 * <p>Its sockets take little, so that a client feels at once that nobody reads.
 */
final class StubServer implements AutoCloseable {

    static final int SOCKET_BUFFER = 16_384;

    private static final int MAX_FRAME = 1 << 20;
    private final EventLoopGroup group = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    private final ChannelGroup accepted = new DefaultChannelGroup(group.next(), true);
    private final Queue<StubSession> sessions = new ConcurrentLinkedQueue<>();
    private final Channel listening;

    /**
     * Begins to listen.
     *
     * @param onReady told of each session that has been configured, before it is sent any audio, on its event loop
     */
    StubServer(Consumer<StubSession> onReady) {
        WebSocketServerProtocolConfig config = WebSocketServerProtocolConfig.newBuilder()
                .websocketPath(Endpoint.PATH)
                .checkStartsWith(true)
                .maxFramePayloadLength(MAX_FRAME)
                .handleCloseFrames(false)
                .dropPongFrames(false)
                .build();
        listening = new ServerBootstrap()
                .group(group)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_RCVBUF, SOCKET_BUFFER)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        accepted.add(channel);
                        channel.pipeline()
                                .addLast(new HttpServerCodec())
                                .addLast(new HttpObjectAggregator(MAX_FRAME))
                                .addLast(new WebSocketServerProtocolHandler(config))
                                .addLast(new StubSession(onReady.andThen(sessions::add)));
                    }
                })
                .bind(InetAddress.getLoopbackAddress(), 0)
                .syncUninterruptibly()
                .channel();
    }

    Endpoint endpoint() {
        InetSocketAddress address = (InetSocketAddress) listening.localAddress();
        return Endpoint.of("ws://127.0.0.1:" + address.getPort() + Endpoint.PATH);
    }

    /** Waits for the next session that is ready for audio. */
    StubSession next() {
        return Await.next("a session", sessions);
    }

    @Override
    public void close() {
        // Before the loop, which without a quiet period may end and leave its sockets open.
        listening.close().syncUninterruptibly();
        accepted.close().syncUninterruptibly();
        group.shutdownGracefully(0, 1, TimeUnit.SECONDS).syncUninterruptibly();
    }
}
