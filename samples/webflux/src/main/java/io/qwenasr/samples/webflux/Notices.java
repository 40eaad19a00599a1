package io.qwenasr.samples.webflux;

import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.core.publisher.Sinks.EmitFailureHandler;
import reactor.core.publisher.Sinks.EmitResult;

/**
 * What a page is told between the events of its session. Of each type at most one waits to be sent, and says how
 * things are when it is sent, so a page that does not read cannot make them pile up. Used by several threads.
 */
final class Notices {

    /** Threads that meet here each emit one notice, which takes no time. */
    private static final EmitFailureHandler IN_TURN = EmitFailureHandler.busyLooping(Duration.ofSeconds(1));

    private record Waiting(String type, Supplier<Map<String, Object>> notice) {}

    private final Set<String> waiting = ConcurrentHashMap.newKeySet();
    private final Sinks.Many<Waiting> sink = Sinks.many().unicast().onBackpressureBuffer();

    /** Tells something, unless something of this type waits already. */
    void tell(String type, Supplier<Map<String, Object>> notice) {
        if (waiting.add(type)) {
            sink.emitNext(
                    new Waiting(type, notice),
                    (signal, result) -> result != EmitResult.FAIL_CANCELLED
                            && result != EmitResult.FAIL_TERMINATED
                            && IN_TURN.onEmitFailure(signal, result));
        }
    }

    /** There is nothing more to tell. */
    void complete() {
        sink.emitComplete(IN_TURN);
    }

    /** Returns the notices, as they are told; for one subscriber. */
    Flux<Map<String, Object>> asFlux() {
        return sink.asFlux().map(next -> {
            // Before it is asked: what changes from here on is for the next one.
            waiting.remove(next.type());
            return next.notice().get();
        });
    }
}
