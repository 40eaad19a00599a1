package io.qwenasr.reactor;

import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundHandlerAdapter;
import io.netty.channel.ChannelPromise;
import java.util.concurrent.atomic.AtomicLong;
import reactor.core.publisher.Flux;
import reactor.netty.Connection;
import reactor.netty.http.client.HttpClient;

/**
 * Watches both ends of one client session: how many chunks it asks its source for, and how many of them its socket
 * takes. For chunks that are one append each.
 */
final class WireProbe {

    /**
     * How a session stands between two turns of its event loop.
     *
     * @param requested chunks that the source was asked for
     * @param written those that were handed to the network
     * @param flushed those that the socket has taken
     */
    record State(long requested, long written, long flushed) {

        /** Chunks that the source was asked for before the socket had room for them. */
        long ahead() {
            return requested - flushed;
        }
    }

    /** Longer than any event but an append. */
    private static final int LEAST_APPEND = 2_000;

    private static final int SETTLING_TURNS = 4;

    private volatile Channel channel;
    private final AtomicLong requested = new AtomicLong();
    private final AtomicLong written = new AtomicLong();
    private final AtomicLong flushed = new AtomicLong();
    private final AtomicLong mostAhead = new AtomicLong();

    /** Returns an HTTP client for the one session; its socket takes little. */
    HttpClient httpClient() {
        return HttpClient.newConnection()
                .option(ChannelOption.SO_SNDBUF, StubServer.SOCKET_BUFFER)
                .doOnConnected(this::watch);
    }

    private void watch(Connection connection) {
        channel = connection.channel();
        channel.pipeline().addFirst("wireProbe", new ChannelOutboundHandlerAdapter() {
            @Override
            public void write(ChannelHandlerContext ctx, Object msg, ChannelPromise promise) {
                if (msg instanceof ByteBuf frame && frame.readableBytes() > LEAST_APPEND) {
                    written.incrementAndGet();
                    // Ahead of the session's own listener, so that what is requested then is counted after this.
                    promise.addListener(done -> flushed.incrementAndGet());
                }
                ctx.write(msg, promise);
            }
        });
    }

    /** Returns the source with its requests counted. They come on the event loop, like all that is counted here. */
    <T> Flux<T> counting(Flux<T> source) {
        return source.doOnRequest(n -> {
            mostAhead.accumulateAndGet(requested.addAndGet(n) - flushed.get(), Math::max);
        });
    }

    long requested() {
        return requested.get();
    }

    /** The most that {@link State#ahead()} ever was. */
    long mostAhead() {
        return mostAhead.get();
    }

    State state() {
        return stateAfter(() -> {});
    }

    /** Does something on the event loop and tells how the session stands right after. */
    State stateAfter(Runnable action) {
        return channel.eventLoop()
                .submit(() -> {
                    action.run();
                    return new State(requested.get(), written.get(), flushed.get());
                })
                .syncUninterruptibly()
                .getNow();
    }

    /** Waits until the socket takes no more; on the event loop, lets the source emit what it is asked for. */
    State awaitStall(Runnable emit) {
        State[] last = {state()};
        Await.until("the socket takes no more", () -> {
            State before = last[0];
            stateAfter(emit);
            for (int i = 0; i < SETTLING_TURNS; i++) {
                last[0] = state();
            }
            State now = last[0];
            return now.equals(before) && now.requested == now.written && now.flushed < now.written;
        });
        return last[0];
    }

    Channel channel() {
        return channel;
    }
}
