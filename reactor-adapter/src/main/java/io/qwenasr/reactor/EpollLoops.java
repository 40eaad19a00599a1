package io.qwenasr.reactor;

import io.netty.channel.Channel;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDatagramChannel;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.epoll.EpollSocketChannel;
import io.netty.channel.socket.DatagramChannel;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.channel.unix.ServerDomainSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.NonBlocking;
import reactor.netty.resources.LoopResources;

/** Event loops on epoll; daemon threads, as many as reactor-netty's own. */
final class EpollLoops implements LoopResources {

    private final EventLoopGroup loops;
    private final EventLoopGroup clientLoops;

    EpollLoops(String threadPrefix) {
        this.loops = new MultiThreadIoEventLoopGroup(
                DEFAULT_IO_WORKER_COUNT, new Threads(threadPrefix), EpollIoHandler.newFactory());
        this.clientLoops = LoopResources.colocate(loops);
    }

    /** Threads on which Reactor refuses to block. */
    private static final class Threads extends DefaultThreadFactory {
        Threads(String prefix) {
            super(prefix, true);
        }

        @Override
        protected Thread newThread(Runnable task, String name) {
            return new LoopThread(threadGroup, task, name);
        }
    }

    private static final class LoopThread extends FastThreadLocalThread implements NonBlocking {
        LoopThread(ThreadGroup group, Runnable task, String name) {
            super(group, task, name);
        }
    }

    @Override
    public EventLoopGroup onServer(boolean useNative) {
        return loops;
    }

    @Override
    public EventLoopGroup onClient(boolean useNative) {
        return clientLoops;
    }

    @Override
    public <C extends Channel> C onChannel(Class<C> type, EventLoopGroup group) {
        if (type == SocketChannel.class) {
            return type.cast(new EpollSocketChannel());
        } else if (type == ServerSocketChannel.class) {
            return type.cast(new EpollServerSocketChannel());
        } else if (type == DatagramChannel.class) {
            return type.cast(new EpollDatagramChannel());
        } else if (type == DomainSocketChannel.class) {
            return type.cast(new EpollDomainSocketChannel());
        } else if (type == ServerDomainSocketChannel.class) {
            return type.cast(new EpollServerDomainSocketChannel());
        }
        throw new IllegalArgumentException("there is no " + type.getSimpleName() + " on epoll");
    }

    @Override
    public <C extends Channel> Class<? extends C> onChannelClass(Class<C> type, EventLoopGroup group) {
        if (type == SocketChannel.class) {
            return EpollSocketChannel.class.asSubclass(type);
        } else if (type == ServerSocketChannel.class) {
            return EpollServerSocketChannel.class.asSubclass(type);
        } else if (type == DatagramChannel.class) {
            return EpollDatagramChannel.class.asSubclass(type);
        } else if (type == DomainSocketChannel.class) {
            return EpollDomainSocketChannel.class.asSubclass(type);
        } else if (type == ServerDomainSocketChannel.class) {
            return EpollServerDomainSocketChannel.class.asSubclass(type);
        }
        throw new IllegalArgumentException("there is no " + type.getSimpleName() + " on epoll");
    }

    @Override
    public boolean daemon() {
        return true;
    }

    @Override
    public Mono<Void> disposeLater(Duration quietPeriod, Duration timeout) {
        return Mono.create(
                sink -> loops.shutdownGracefully(quietPeriod.toMillis(), timeout.toMillis(), TimeUnit.MILLISECONDS)
                        .addListener(terminated -> sink.success()));
    }
}
