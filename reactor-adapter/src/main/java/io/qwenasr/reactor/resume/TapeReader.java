package io.qwenasr.reactor.resume;

import io.qwenasr.AudioSignal;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;

/**
 * The audio of one session: the tape from a position on, then what is offered, until another session takes over.
 *
 * <p>It can be subscribed to, and asked, before its turn has come.
 */
final class TapeReader implements Publisher<AudioSignal>, Subscription {

    private final AudioTape tape;
    private final SessionTimeline timeline;
    private final Hearing hearing;

    /** Called when the session begins to take audio, and when it has taken the last of an utterance. */
    private final Runnable onNews;

    private long from;

    /** What was sent before; of that, neither gaps that were told of nor utterances with a result are sent again. */
    private long replayNumber;

    private final AtomicReference<@Nullable Subscriber<? super AudioSignal>> subscriber = new AtomicReference<>();
    private final AtomicLong demand = new AtomicLong();
    private final AtomicInteger work = new AtomicInteger();
    private volatile boolean reading;
    private volatile boolean cancelled;
    private volatile boolean stopped;
    private volatile boolean over;
    private volatile boolean finished;
    private volatile @Nullable Throwable misuse;

    /** The last node that was read; null before its turn, and once it is over. */
    private volatile @Nullable TapeNode node;

    private volatile long position;

    TapeReader(AudioTape tape, Hearing hearing, Runnable onNews) {
        this.tape = tape;
        this.hearing = hearing;
        this.onNews = onNews;
        this.timeline = new SessionTimeline(tape.format());
    }

    // ---- called by the tape, which keeps others out meanwhile

    void begin(TapeNode after, long position, long numberSent) {
        from = position;
        replayNumber = numberSent;
        this.position = position;
        timeline.begin(position);
        hearing.begin(position);
        node = after;
    }

    void moveTo(TapeNode read) {
        node = read;
        position = Math.max(from, read.end());
        hearing.given(position);
    }

    /** Takes no more; returns the last node that was read, null before its turn. */
    @Nullable TapeNode stop() {
        stopped = true;
        return node;
    }

    // ---- the session's side

    SessionTimeline timeline() {
        return timeline;
    }

    Hearing hearing() {
        return hearing;
    }

    /** Up to where the session was given the audio. */
    long position() {
        return position;
    }

    /** Tells whether the session takes audio already. */
    boolean isReading() {
        return reading && !cancelled;
    }

    boolean isAtEnd() {
        TapeNode last = node;
        return last != null && last.next() == null;
    }

    /** Tells whether no utterance that the caller ends has been sent in part. */
    boolean isBetweenUtterances() {
        TapeNode last = node;
        return last != null && (last.isBoundary() || last.utterance() == null);
    }

    /** Tells whether the session was given the end of all audio. */
    boolean isFinished() {
        return finished;
    }

    long demand() {
        return demand.get();
    }

    @Override
    public void subscribe(Subscriber<? super AudioSignal> s) {
        if (!subscriber.compareAndSet(null, s)) {
            Operators.error(s, new IllegalStateException("the audio of a session is for one subscriber"));
            return;
        }
        s.onSubscribe(this);
        tape.refill();
    }

    @Override
    public void request(long n) {
        if (n <= 0) {
            misuse = new IllegalArgumentException("a request must be for at least 1 signal (§3.9), not " + n);
        } else {
            demand.accumulateAndGet(n, Operators::addCap);
        }
        boolean first = !reading;
        reading = true;
        tape.refill();
        if (first) {
            onNews.run();
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        tape.close(this);
    }

    void drain() {
        Subscriber<? super AudioSignal> to = subscriber.get();
        if (to == null || work.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            try {
                while (step(to)) {}
            } catch (Throwable thrown) {
                Exceptions.throwIfFatal(thrown);
                end(to, thrown);
            }
            missed = work.addAndGet(-missed);
        } while (missed != 0);
    }

    private boolean step(Subscriber<? super AudioSignal> to) {
        if (cancelled || over) {
            return false;
        }
        Throwable refusal = misuse;
        if (refusal != null) {
            end(to, refusal);
            return false;
        }
        if (stopped) {
            end(to, null);
            return false;
        }
        boolean ended = tape.isEnded();
        TapeNode last = node;
        TapeNode next = last == null ? null : last.next();
        if (next == null) {
            if (last != null && ended && reading) {
                finished = true;
                end(to, tape.error());
            }
            return false;
        }
        if (isPassedOver(next)) {
            return tape.pass(this, next);
        }
        if (demand.get() == 0 || !tape.send(this, next)) {
            return false;
        }
        demand.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - 1);
        long start = Math.max(from, next.start());
        timeline.sent(start, next.end() - start);
        to.onNext(next.from(from));
        if (next.isBoundary()) {
            onNews.run();
        }
        return true;
    }

    private boolean isPassedOver(TapeNode next) {
        boolean again = next.number() <= replayNumber;
        return again && (next.isDone() || (next.isGap() && tape.isGapTold(next)));
    }

    /** A session that lingers must not keep the audio after its own. */
    private void end(Subscriber<? super AudioSignal> to, @Nullable Throwable error) {
        over = true;
        node = null;
        if (error == null) {
            to.onComplete();
        } else {
            to.onError(error);
        }
    }
}
