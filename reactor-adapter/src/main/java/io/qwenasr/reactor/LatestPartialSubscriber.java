package io.qwenasr.reactor;

import io.qwenasr.TranscriptionEvent;
import java.util.concurrent.atomic.AtomicInteger;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;

/**
 * One subscription of {@link LatestPartialFlux}.
 *
 * <p>Partials are replaced where they arrive, so that it happens while another thread is busy in
 * {@code onNext} downstream. Requests upstream are serialised by a counter of their own.
 */
final class LatestPartialSubscriber extends QueuedSubscriber<TranscriptionEvent> {

    private final WaitingEvents waiting;
    private final AtomicInteger pulls = new AtomicInteger();

    LatestPartialSubscriber(CoreSubscriber<? super TranscriptionEvent> actual, int maxWaiting) {
        this(actual, new WaitingEvents(maxWaiting));
    }

    private LatestPartialSubscriber(CoreSubscriber<? super TranscriptionEvent> actual, WaitingEvents waiting) {
        super(actual, waiting);
        this.waiting = waiting;
    }

    @Override
    public void onNext(TranscriptionEvent event) {
        if (isDone()) {
            Operators.onNextDropped(event, currentContext());
            return;
        }
        if (!waiting.arrive()) {
            Operators.onDiscard(event, currentContext());
            fail(Exceptions.failWithOverflow("more transcription events were emitted than requested"));
            return;
        }
        TranscriptionEvent superseded = waiting.offer(event);
        if (superseded != null) {
            Operators.onDiscard(superseded, currentContext());
        }
        drain();
        onTaken();
    }

    /** Requests upstream what there is room for; never recurses. */
    @Override
    void onTaken() {
        if (pulls.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            int room = isOver() ? 0 : waiting.grant();
            if (room > 0) {
                upstream().request(room);
            }
            missed = pulls.addAndGet(-missed);
        } while (missed != 0);
    }
}
