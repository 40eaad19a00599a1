package io.qwenasr.reactor.internal;

import io.micrometer.context.ContextSnapshot;
import io.micrometer.context.ContextSnapshotFactory;
import java.util.Map;
import java.util.Objects;
import org.slf4j.MDC;
import reactor.util.context.ContextView;

/**
 * The diagnostic context that a caller's log lines have: that of the thread, with what its Reactor context restores if
 * the library of context propagation is there.
 *
 * @since 0.1.0
 */
public final class CallerMdc {

    private static final boolean PROPAGATES = isThere("io.micrometer.context.ContextSnapshotFactory");

    private CallerMdc() {}

    /**
     * Takes a copy.
     *
     * @param context of the caller
     * @return its entries
     */
    public static Map<String, String> of(ContextView context) {
        return PROPAGATES && !context.isEmpty() ? Restored.of(context) : current();
    }

    /**
     * Has lines written with it, on a thread that knows nothing of the caller.
     *
     * @param mdc what {@link #of} returned
     * @param lines writes them, at once
     */
    public static void write(Map<String, String> mdc, Runnable lines) {
        if (mdc.isEmpty()) {
            lines.run();
            return;
        }
        Map<String, String> before = MDC.getCopyOfContextMap();
        try {
            MDC.setContextMap(mdc);
            lines.run();
        } finally {
            if (before == null) {
                MDC.clear();
            } else {
                MDC.setContextMap(before);
            }
        }
    }

    private static Map<String, String> current() {
        Map<String, String> now = MDC.getCopyOfContextMap();
        if (now == null) {
            return Map.of();
        }
        // Some implementations keep keys whose value is null.
        now.values().removeIf(Objects::isNull);
        return now;
    }

    private static boolean isThere(String type) {
        try {
            Class.forName(type, false, CallerMdc.class.getClassLoader());
            return true;
        } catch (ClassNotFoundException | LinkageError notThere) {
            return false;
        }
    }

    /** Loaded only where the library is there. */
    private static final class Restored {
        private static final ContextSnapshotFactory FACTORY =
                ContextSnapshotFactory.builder().clearMissing(false).build();

        static Map<String, String> of(ContextView context) {
            ContextSnapshot.Scope restored = FACTORY.setThreadLocalsFrom(context);
            try {
                return current();
            } finally {
                restored.close();
            }
        }
    }
}
