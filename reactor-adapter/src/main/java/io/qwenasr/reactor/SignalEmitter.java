package io.qwenasr.reactor;

import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;

/**
 * Emits the signals of one stream as they are requested, and requests a chunk only when none is left to emit.
 *
 * <p>Audio, boundaries, requests and the end may come on different threads: one of them emits at a time, the
 * others leave their news to it.
 */
abstract class SignalEmitter implements Subscription {

    /** Why the stream ends early: after what came before, or at once. */
    private record Failure(Throwable error, boolean atOnce) {}

    private final CoreSubscriber<? super AudioSignal> actual;
    private final UtteranceCutter cutter;
    private final SignalMailbox mailbox = new SignalMailbox();
    private final AtomicLong demand = new AtomicLong();
    private final AtomicReference<@Nullable Failure> failure = new AtomicReference<>();

    /** Above zero while a thread emits; it begins with the subscription itself, before which nothing may go out. */
    private final AtomicInteger work = new AtomicInteger(1);

    /** A chunk is requested and has not come. Changes only while emitting. */
    private final AtomicBoolean awaiting = new AtomicBoolean();

    private volatile boolean cancelled;

    /** The source has completed; the last of its inputs may go on. */
    private volatile boolean completed;

    /** The end went out. Used only while emitting. */
    private boolean done;

    SignalEmitter(CoreSubscriber<? super AudioSignal> actual, UtteranceCutter cutter) {
        this.actual = actual;
        this.cutter = cutter;
    }

    /** Returns whom to ask for a chunk now; called while emitting. */
    abstract Subscription source();

    /** Cancels all that brings audio or boundaries; may be called more than once and from any thread. */
    abstract void cancelSources();

    /** One of several inputs has ended; called while emitting. */
    void onInputEnded() {}

    /** Tells whether a source that has completed has nothing more to come by its inputs; called while emitting. */
    boolean isBetweenInputs() {
        return true;
    }

    /** Shows the stream to its subscriber; the sources are set. */
    final void start() {
        actual.onSubscribe(this);
        emit();
    }

    final boolean isOver() {
        return cancelled || failure.get() != null || isExhausted();
    }

    private boolean isExhausted() {
        return completed && isBetweenInputs();
    }

    final boolean isAwaiting() {
        return awaiting.get();
    }

    @Override
    public final void request(long n) {
        if (isOver() && n <= 0) {
            return;
        }
        if (n <= 0) {
            failAtOnce(new IllegalArgumentException("a request must be for at least 1 signal (§3.9), not " + n));
            return;
        }
        demand.accumulateAndGet(n, Operators::addCap);
        work();
    }

    @Override
    public final void cancel() {
        if (cancelled) {
            return;
        }
        cancelled = true;
        cancelSources();
        work();
    }

    final void audio(ByteBuffer chunk) {
        if (isOver()) {
            Operators.onDiscard(chunk, actual.currentContext());
        } else if (!awaiting.get()) {
            overflow(chunk);
        } else if (work.compareAndSet(0, 1)) {
            awaiting.setRelease(false);
            cutter.offer(chunk);
            emit();
        } else if (mailbox.put(UtteranceCutter.copy(chunk))) {
            work();
        } else {
            overflow(chunk);
        }
    }

    private void overflow(ByteBuffer chunk) {
        Operators.onDiscard(chunk, actual.currentContext());
        failAtOnce(Exceptions.failWithOverflow("the audio source emitted more than was requested"));
    }

    final void boundary() {
        mailbox.boundary();
        work();
    }

    final void inputEnded() {
        mailbox.endOfInput();
        work();
    }

    /** The audio has ended, and the last utterance with it. */
    final void complete() {
        completed = true;
        work();
    }

    /** The audio has failed; what came before goes out first. */
    final void fail(Throwable error) {
        if (!isOver() && failure.compareAndSet(null, new Failure(error, false))) {
            cancelSources();
            work();
        } else {
            Operators.onErrorDropped(error, actual.currentContext());
        }
    }

    /** The stream has failed, perhaps after its sources ended; what waits is dropped. */
    final void failAtOnce(Throwable error) {
        Failure before = failure.get();
        while (!cancelled && (before == null || !before.atOnce)) {
            if (failure.compareAndSet(before, new Failure(error, true))) {
                cancelSources();
                work();
                return;
            }
            before = failure.get();
        }
        Operators.onErrorDropped(error, actual.currentContext());
    }

    private void work() {
        if (work.getAndIncrement() == 0) {
            emit();
        }
    }

    /** Runs while {@link #work} is above zero, and brings it back to zero. */
    private void emit() {
        Subscription asked = null;
        int missed = work.get();
        do {
            while (step()) {}
            if (!done && !cancelled && !awaiting.get() && demand.get() > 0 && !isOver() && cutter.isEmpty()) {
                awaiting.setRelease(true);
                asked = source();
            }
            cutter.keep();
            missed = work.addAndGet(-missed);
        } while (missed != 0);
        // Not before the work is over, so that a source that answers within request need not be copied.
        if (asked != null) {
            asked.request(1);
        }
    }

    /** Takes one step; returns false if there is nothing to do. */
    private boolean step() {
        if (done) {
            return false;
        }
        Failure failed = failure.get();
        // Asked before the mail is taken, which then holds all that came before the end.
        boolean exhausted = isExhausted();
        takeMail();
        if (cancelled) {
            cutter.clear();
            return false;
        }
        if (!exhausted && isExhausted()) {
            return true;
        }
        if (failed != null && failed.atOnce) {
            cutter.clear();
        } else if (failed == null && exhausted) {
            cutter.boundary();
        }
        if (cutter.isEmpty()) {
            if (failed != null || exhausted) {
                finish(failed == null ? null : failed.error);
            }
            return false;
        }
        if (demand.get() == 0) {
            return false;
        }
        emitNext();
        return true;
    }

    private void takeMail() {
        SignalMailbox.Mail mail = mailbox.take();
        if (mail == null) {
            return;
        }
        if (mail.boundaryBefore()) {
            cutter.boundary();
        }
        if (mail.chunk() != null) {
            awaiting.setRelease(false);
            cutter.offer(mail.chunk());
        }
        if (mail.boundaryAfter()) {
            cutter.boundary();
        }
        if (mail.inputEnded()) {
            awaiting.setRelease(false);
            onInputEnded();
        }
    }

    private void emitNext() {
        AudioSignal signal;
        try {
            signal = cutter.next();
        } catch (Throwable e) {
            Exceptions.throwIfFatal(e);
            failAtOnce(e);
            return;
        }
        demand.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - 1);
        actual.onNext(signal);
    }

    private void finish(@Nullable Throwable error) {
        done = true;
        if (error == null) {
            actual.onComplete();
        } else {
            actual.onError(error);
        }
    }
}
