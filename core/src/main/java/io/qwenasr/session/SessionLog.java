package io.qwenasr.session;

import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.MDC;

/**
 * A logger whose lines carry the diagnostic context of the session's caller, such as a trace id: they are written on
 * event loops, which know nothing of it.
 */
final class SessionLog {

    private final Logger log;
    private volatile Map<String, String> context = Map.of();

    SessionLog(Logger log) {
        this.log = log;
    }

    void context(Map<String, String> context) {
        this.context = Map.copyOf(context);
    }

    boolean isDebugEnabled() {
        return log.isDebugEnabled();
    }

    boolean isTraceEnabled() {
        return log.isTraceEnabled();
    }

    /** To be asked for only if the level is on: it costs a little even if nothing is written. */
    void write(Consumer<Logger> lines) {
        Map<String, String> mine = context;
        if (mine.isEmpty()) {
            lines.accept(log);
            return;
        }
        Map<String, String> before = MDC.getCopyOfContextMap();
        try {
            MDC.setContextMap(mine);
            lines.accept(log);
        } finally {
            if (before == null) {
                MDC.clear();
            } else {
                MDC.setContextMap(before);
            }
        }
    }
}
