package io.qwenasr.reactor;

import io.qwenasr.TranscriptionEvent.Failed;
import java.util.ArrayList;
import java.util.List;
import reactor.core.Exceptions;
import reactor.core.publisher.Mono;

/** The failures of one session, kept until it ends. Used by one signal at a time. */
final class FailedItems {

    // A session may last for days; the first failures tell what is wrong.
    private static final int KEPT = 100;

    private final List<Failed> failures = new ArrayList<>();
    private long count;

    void add(Failed failed) {
        count++;
        if (failures.size() < KEPT) {
            failures.add(failed);
        }
    }

    /** How a session that completed ends: with an error if anything failed. */
    <T> Mono<T> end() {
        return count == 0 ? Mono.empty() : Mono.error(new FailedUtterancesException(failures, count));
    }

    /** How a session that failed ends: with its own error, which carries the failures. */
    Throwable end(Throwable error) {
        return count == 0 ? error : Exceptions.addSuppressed(error, new FailedUtterancesException(failures, count));
    }
}
