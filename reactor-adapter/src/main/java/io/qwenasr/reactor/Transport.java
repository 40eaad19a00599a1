package io.qwenasr.reactor;

import io.netty.channel.epoll.Epoll;
import org.jspecify.annotations.Nullable;
import reactor.netty.http.client.HttpClient;
import reactor.netty.http.server.HttpServer;
import reactor.netty.resources.LoopResources;

/**
 * What clients and servers run on that were given nothing else: the loops that reactor-netty shares, but never
 * io_uring. Reactor-netty takes that as soon as its jar is there, and it holds 226 kB of direct memory for each
 * session (measured in November 2026).
 */
final class Transport {

    /** Loops for the whole process, as reactor-netty's; made only if they are needed. */
    private static final class Shared {
        static final @Nullable LoopResources EPOLL = prefersIoUring() ? new EpollLoops("qwen-asr-epoll") : null;
    }

    private Transport() {}

    static HttpClient client() {
        HttpClient client = HttpClient.newConnection();
        return Shared.EPOLL == null ? client : client.runOn(Shared.EPOLL);
    }

    static HttpServer server() {
        HttpServer server = HttpServer.create();
        return Shared.EPOLL == null ? server : server.runOn(Shared.EPOLL);
    }

    private static boolean prefersIoUring() {
        if (!LoopResources.DEFAULT_NATIVE) {
            return false;
        }
        try {
            Class<?> ioUring = Class.forName("io.netty.channel.uring.IoUring");
            return (boolean) ioUring.getMethod("isAvailable").invoke(null) && Epoll.isAvailable();
        } catch (ReflectiveOperationException | LinkageError notThere) {
            return false;
        }
    }
}
