package io.qwenasr.reactor.test;

import static io.qwenasr.reactor.test.TestSignals.await;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.util.concurrent.AbstractScheduledEventExecutor;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.lang.reflect.Field;
import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** Looks for what sessions may have left behind: open channels, timers on their event loops, threads. */
final class Leftovers {

    private final ChannelGroup open = new DefaultChannelGroup(GlobalEventExecutor.INSTANCE);
    private final Set<EventLoop> loops = ConcurrentHashMap.newKeySet();
    private final Field timers;
    private Set<String> threadsBefore = Set.of();

    Leftovers() throws NoSuchFieldException {
        // Netty tells of the tasks that are due, not of those that are scheduled.
        timers = AbstractScheduledEventExecutor.class.getDeclaredField("scheduledTaskQueue");
        timers.setAccessible(true);
    }

    void watch(Channel channel) {
        open.add(channel);
        loops.add(channel.eventLoop());
    }

    /** Threads that run now are not taken for left over. */
    void keepThreads() {
        threadsBefore = threads();
    }

    void awaitNone() {
        await("no open channel", open::isEmpty);
        await(
                "no timer on an event loop",
                () -> loops.stream().mapToInt(this::timersOf).sum() == 0);
        await("no new thread", () -> threadsBefore.containsAll(threads()));
    }

    private int timersOf(EventLoop loop) {
        return loop.submit(() -> {
                    Collection<?> scheduled = (Collection<?>) timers.get(loop);
                    return scheduled == null ? 0 : scheduled.size();
                })
                .syncUninterruptibly()
                .getNow();
    }

    private static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .collect(Collectors.toCollection(TreeSet::new));
    }
}
