package io.qwenasr.reactor.resume;

import io.qwenasr.TranscriptionEvent;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Disposable;
import reactor.core.Disposables;
import reactor.core.Exceptions;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * The sessions from one failure to the next, each replaced in time by another, which was opened before.
 *
 * <p>One thread at a time works, the others leave their news to it. Audio goes to the last session; the events of each
 * are delivered once nothing is expected of those before it. When one fails that something is expected of, so does the
 * relay: the next relay begins with what is not settled, whichever session it was for. A session that fails before its
 * turn, or when it has brought its results, matters to nobody.
 */
final class SessionRelay implements Subscription {

    /** How many events a session may be ahead of those before it. */
    private static final int AHEAD = 256;

    private final CoreSubscriber<? super TranscriptionEvent> actual;
    private final Resumption whole;
    private final AtomicLong requested = new AtomicLong();
    private final AtomicInteger work = new AtomicInteger();
    private final Disposable.Composite resources = Disposables.composite();
    private volatile boolean cancelled;
    private volatile boolean resting;

    // All below is used only while working.
    private final Deque<RelaySession> sessions = new ArrayDeque<>();
    private @Nullable RelaySession standby;
    private int failedStandbys;

    /** Calls to sessions: one may run to its end within, and its events are not to wait for that. */
    private final List<Runnable> later = new ArrayList<>();

    private boolean over;

    SessionRelay(CoreSubscriber<? super TranscriptionEvent> actual, Resumption whole) {
        this.actual = actual;
        this.whole = whole;
    }

    Context currentContext() {
        return actual.currentContext();
    }

    // ---- the subscriber

    @Override
    public void request(long n) {
        if (Operators.validate(n)) {
            requested.accumulateAndGet(n, Operators::addCap);
            work();
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        whole.cancel();
        resources.dispose();
    }

    // ---- one thread at a time

    void work() {
        if (work.getAndIncrement() != 0) {
            return;
        }
        List<Runnable> calls = List.of();
        int missed = 1;
        do {
            try {
                step();
            } catch (Throwable thrown) {
                Exceptions.throwIfFatal(thrown);
                if (!isOver()) {
                    end(thrown);
                }
            }
            if (!later.isEmpty()) {
                calls = calls.isEmpty() ? new ArrayList<>() : calls;
                calls.addAll(later);
                later.clear();
            }
            missed = work.addAndGet(-missed);
        } while (missed != 0);
        calls.forEach(Runnable::run);
    }

    private void step() {
        if (sessions.isEmpty() && !isOver()) {
            begin();
        }
        if (!isOver()) {
            deliver();
        }
        if (!isOver()) {
            rollOver();
        }
        if (!isOver()) {
            requestEvents();
        }
    }

    private boolean isOver() {
        return over || cancelled;
    }

    private void begin() {
        RelaySession first = whole.newSession(this);
        sessions.add(first);
        whole.begin(first);
        open(first);
    }

    private void open(RelaySession session) {
        if (resources.add(session)) {
            Flux<TranscriptionEvent> events = whole.events(session);
            session.startTimers(whole.limit().ofNext());
            later.add(() -> events.subscribe(session));
        }
    }

    private void discard(RelaySession session) {
        resources.remove(session);
        session.dispose();
    }

    private void deliver() {
        Iterator<RelaySession> all = sessions.iterator();
        while (all.hasNext()) {
            RelaySession session = all.next();
            boolean ended = session.isEnded();
            if (!passEvents(session)) {
                return;
            }
            if (!ended && !session.isLeaving()) {
                return;
            }
            if (ended && !session.isLeaving() && !whole.isComplete(session)) {
                end(Resumption.failureOf(session));
                return;
            }
            if (ended && !session.isReplaced()) {
                end(null);
                return;
            }
            if (ended) {
                resources.remove(session);
                all.remove();
            }
        }
    }

    /** Returns false if some have to wait, or nobody waits for them any more. */
    private boolean passEvents(RelaySession session) {
        while (!cancelled) {
            if (session.isEmpty()) {
                whole.onNothing(session);
            }
            if (whole.isSpeechless() && session.isEmpty()) {
                return true;
            }
            if (requested.get() == 0) {
                return false;
            }
            TranscriptionEvent toSay = whole.nextToSay();
            TranscriptionEvent event = session.peek();
            if (toSay != null) {
                requested.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - 1);
                actual.onNext(toSay);
            } else if (event != null) {
                whole.onEvent(session, event);
                session.remove();
            }
        }
        return false;
    }

    private void end(@Nullable Throwable error) {
        over = true;
        resources.dispose();
        if (error == null) {
            actual.onComplete();
        } else {
            actual.onError(error);
        }
    }

    private void requestEvents() {
        boolean first = true;
        for (RelaySession session : sessions) {
            boolean leaving = session.isLeaving();
            session.request(first && !leaving ? requested.get() : AHEAD, later::add);
            first &= leaving;
        }
        RelaySession next = standby;
        if (next != null) {
            next.request(AHEAD, later::add);
        }
    }

    // ---- the next session

    private void rollOver() {
        RelaySession live = sessions.getLast();
        RelaySession next = standby;
        if (!live.isDue() || live.reader().isFinished()) {
            return;
        }
        if (next == null) {
            if (!resting && live.reader().isReading()) {
                next = whole.newSession(this);
                standby = next;
                open(next);
            }
        } else if (next.isEnded()) {
            onStandbyLost(next);
        } else if (next.reader().isReading() && isAlone(live) && (live.isLate() || whole.isPause(live))) {
            replace(live, next);
        }
    }

    /** Tells whether nothing is expected of the sessions before the last one. */
    private boolean isAlone(RelaySession live) {
        return sessions.stream().allMatch(session -> session == live || session.isLeaving());
    }

    private void replace(RelaySession live, RelaySession next) {
        while (sessions.getFirst() != live) {
            discard(sessions.removeFirst());
        }
        standby = null;
        failedStandbys = 0;
        sessions.add(next);
        whole.replace(live, next);
    }

    private void onStandbyLost(RelaySession lost) {
        standby = null;
        discard(lost);
        resting = true;
        failedStandbys++;
        Disposable rest = whole.afterRest(lost, failedStandbys, this::onRested);
        if (rest != null) {
            resources.add(rest);
        }
    }

    private void onRested() {
        resting = false;
        work();
    }
}
