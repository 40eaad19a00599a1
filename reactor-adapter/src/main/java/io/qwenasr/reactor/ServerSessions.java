package io.qwenasr.reactor;

import io.netty.channel.Channel;
import io.qwenasr.session.ServerSession;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The open sessions of a server; used by all its event loops. */
final class ServerSessions {

    enum Place {
        GIVEN,
        /** There is no place for anybody. */
        FULL,
        /** There is none for this key. */
        KEY_FULL
    }

    private final int max;
    private final int maxPerKey;
    private final AtomicInteger reserved = new AtomicInteger();
    private final Map<Integer, Integer> reservedByKey = new ConcurrentHashMap<>();
    private final Set<Channel> connections = ConcurrentHashMap.newKeySet();
    private final Set<Channel> places = ConcurrentHashMap.newKeySet();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final Map<Channel, ServerSession> open = new ConcurrentHashMap<>();
    private final AtomicBoolean closing = new AtomicBoolean();
    private final Sinks.Empty<Void> drained = Sinks.empty();
    private final Sinks.Empty<Void> closed = Sinks.empty();

    ServerSessions(int max, int maxPerKey) {
        this.max = max;
        this.maxPerKey = maxPerKey;
    }

    int size() {
        return open.size();
    }

    boolean isDraining() {
        return draining.get();
    }

    /** Knows a connection from now on to its end, whether or not it becomes a session, so that a stop closes it. */
    void accept(Channel channel) {
        if (connections.add(channel)) {
            channel.closeFuture().addListener(end -> {
                connections.remove(channel);
                tellIfClosed();
            });
        }
        if (closing.get()) {
            channel.close();
        }
    }

    /** Takes a place for a connection until its channel closes, if there is one. */
    Place reserve(Channel channel, int key) {
        // The place is taken before draining is looked at, so that a stop waits for it or it sees the stop.
        if (reserved.incrementAndGet() > max || draining.get()) {
            reserved.decrementAndGet();
            tellIfDrained();
            return Place.FULL;
        }
        if (key != ApiKeys.ANONYMOUS && reservedByKey.merge(key, 1, Integer::sum) > maxPerKey) {
            free(key);
            tellIfDrained();
            return Place.KEY_FULL;
        }
        places.add(channel);
        accept(channel);
        channel.closeFuture().addListener(closed -> {
            places.remove(channel);
            // The place is free before size() says so, and that before a stop does.
            free(key);
            open.remove(channel);
            tellIfDrained();
        });
        return Place.GIVEN;
    }

    /** Tells whether a connection has become a session, or is about to. */
    boolean hasPlace(Channel channel) {
        return places.contains(channel);
    }

    private void free(int key) {
        reservedByKey.computeIfPresent(key, (k, count) -> count == 1 ? null : count - 1);
        reserved.decrementAndGet();
    }

    private void tellIfDrained() {
        if (draining.get() && reserved.get() == 0) {
            drained.tryEmitEmpty();
        }
        tellIfClosed();
    }

    void add(Channel channel, ServerSession session) {
        open.put(channel, session);
        if (!channel.isOpen()) {
            open.remove(channel);
            tellIfClosed();
        } else if (draining.get()) {
            session.drain();
        }
    }

    /** Completes when no connection is left, sessions or not. */
    Mono<Void> drain(Duration grace) {
        draining.set(true);
        open.values().forEach(ServerSession::drain);
        if (reserved.get() == 0) {
            drained.tryEmitEmpty();
        }
        // Subscribed to here: the grace ends for the connections even if the caller waits no more.
        drained.asMono().timeout(grace, Mono.empty()).subscribe(done -> {}, error -> {}, this::closeAll);
        return closed.asMono();
    }

    private void closeAll() {
        closing.set(true);
        boolean left = false;
        for (Channel channel : connections) {
            if (channel.eventLoop().isShutdown()) {
                left = true;
            } else {
                channel.close();
            }
        }
        if (left) {
            closed.tryEmitError(loopsEnded());
        }
        tellIfClosed();
    }

    private void tellIfClosed() {
        if (closing.get() && reserved.get() == 0 && open.isEmpty() && connections.isEmpty()) {
            closed.tryEmitEmpty();
        }
    }

    /**
     * A loop of Netty 4.2 that is shut down with a quiet period of 0 ends without closing its channels now and then,
     * and nobody else can.
     */
    static IllegalStateException loopsEnded() {
        return new IllegalStateException("the event loops ended before the server that ran on them was stopped;"
                + " the port stays taken and connections open until the process ends");
    }
}
