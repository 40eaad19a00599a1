package io.qwenasr.reactor;

import io.netty.channel.Channel;
import io.qwenasr.session.ServerSession;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.publisher.Mono;
import reactor.core.publisher.Sinks;

/** The open sessions of a server; used by all its event loops. */
final class ServerSessions {

    private final int max;
    private final AtomicInteger reserved = new AtomicInteger();
    private final AtomicBoolean draining = new AtomicBoolean();
    private final Map<Channel, ServerSession> open = new ConcurrentHashMap<>();
    private final Sinks.Empty<Void> drained = Sinks.empty();

    ServerSessions(int max) {
        this.max = max;
    }

    int size() {
        return open.size();
    }

    boolean isDraining() {
        return draining.get();
    }

    /** Takes a place for a connection until its channel closes; false if there is none. */
    boolean reserve(Channel channel) {
        // The place is taken before draining is looked at, so that a stop waits for it or it sees the stop.
        if (reserved.incrementAndGet() > max || draining.get()) {
            release();
            return false;
        }
        channel.closeFuture().addListener(closed -> {
            open.remove(channel);
            release();
        });
        return true;
    }

    private void release() {
        if (reserved.decrementAndGet() == 0 && draining.get()) {
            drained.tryEmitEmpty();
        }
    }

    void add(Channel channel, ServerSession session) {
        open.put(channel, session);
        if (!channel.isOpen()) {
            open.remove(channel);
        } else if (draining.get()) {
            session.drain();
        }
    }

    Mono<Void> drain(Duration grace) {
        draining.set(true);
        open.values().forEach(ServerSession::drain);
        if (reserved.get() == 0) {
            drained.tryEmitEmpty();
        }
        // Subscribed to here: the grace ends for the sessions even if the caller waits no more.
        drained.asMono().timeout(grace, Mono.fromRunnable(this::closeAll)).subscribe();
        return drained.asMono();
    }

    private void closeAll() {
        open.keySet().forEach(Channel::close);
    }
}
