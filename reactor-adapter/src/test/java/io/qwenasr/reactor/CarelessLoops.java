package io.qwenasr.reactor;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandle;
import io.netty.channel.IoHandler;
import io.netty.channel.IoHandlerContext;
import io.netty.channel.IoRegistration;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandle;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.nio.channels.SelectableChannel;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import reactor.netty.resources.LoopResources;

/**
 * One event loop that ends without closing its channels, as Netty 4.2's does now and then where it is shut down with
 * a quiet period of 0: the state changes between its look at it and its decision to end.
 */
final class CarelessLoops implements LoopResources, AutoCloseable {

    private final Queue<SelectableChannel> sockets = new ConcurrentLinkedQueue<>();
    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1,
            new DefaultThreadFactory("careless", true),
            executor -> new Careless(NioIoHandler.newFactory().newHandler(executor)));

    /** Everything but the closing of what is registered. */
    private final class Careless implements IoHandler {

        private final IoHandler nio;

        Careless(IoHandler nio) {
            this.nio = nio;
        }

        @Override
        public void initialize() {
            nio.initialize();
        }

        @Override
        public int run(IoHandlerContext context) {
            return nio.run(context);
        }

        @Override
        public void destroy() {
            nio.destroy();
        }

        @Override
        public IoRegistration register(IoHandle handle) throws Exception {
            sockets.add(((NioIoHandle) handle).selectableChannel());
            return nio.register(handle);
        }

        @Override
        public void wakeup() {
            nio.wakeup();
        }

        @Override
        public boolean isCompatible(Class<? extends IoHandle> type) {
            return nio.isCompatible(type);
        }
    }

    void end(Duration limit) throws InterruptedException {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
        if (!loop.awaitTermination(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            throw new AssertionError("the loop did not end");
        }
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return loop;
    }

    @Override
    public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
        return type.cast(type == ServerSocketChannel.class ? new NioServerSocketChannel() : new NioSocketChannel());
    }

    @Override
    public <C extends Channel> Class<? extends C> onChannelClass(Class<C> type, EventLoopGroup group) {
        return (type == ServerSocketChannel.class ? NioServerSocketChannel.class : NioSocketChannel.class)
                .asSubclass(type);
    }

    @Override
    public boolean daemon() {
        return true;
    }

    @Override
    public void dispose() {
        loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
    }

    @Override
    public void close() throws IOException {
        dispose();
        for (SelectableChannel socket : sockets) {
            socket.close();
        }
    }
}
