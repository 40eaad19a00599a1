package io.qwenasr.reactor;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import reactor.util.context.Context;

/** Errors that one subscription drops. The hook for all would also be told of what other tests left behind. */
final class DroppedErrors {

    /** Where operators look for a hook first. */
    private static final String KEY = "reactor.onErrorDropped.local";

    private final Queue<Throwable> seen = new ConcurrentLinkedQueue<>();

    /** Returns what to add to the context of the subscription. */
    Context context() {
        Consumer<Throwable> hook = seen::add;
        return Context.of(KEY, hook);
    }

    Queue<Throwable> seen() {
        return seen;
    }
}
