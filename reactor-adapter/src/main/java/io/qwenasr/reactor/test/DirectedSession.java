package io.qwenasr.reactor.test;

import io.qwenasr.AudioSignal;
import io.qwenasr.TranscriptionEvent;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
import reactor.core.publisher.Operators;
import reactor.core.scheduler.Scheduler;
import reactor.util.context.Context;

/**
 * One session of a transcriber that a {@link Director} plays: exact demand both ways, timers, one end.
 *
 * <p>Signals, requests and timers may come on different threads: one of them works at a time, the others leave
 * their news to it. A signal is requested only when all events are taken and one more is asked for, so what waits
 * is what one signal and the timers have brought.
 */
final class DirectedSession implements CoreSubscriber<AudioSignal>, Subscription, Stage {

    /** More plans than this hold back the audio. */
    private static final int MAX_PLANS = 1_024;

    private final CoreSubscriber<? super TranscriptionEvent> actual;
    private final Director director;
    private final ScriptedSession record;
    private final Supplier<Scheduler> scheduler;
    private final long startNanos;

    private final AtomicLong demand = new AtomicLong();

    /** Above zero while a thread works; it begins with the subscription itself, before which nothing may go out. */
    private final AtomicInteger work = new AtomicInteger(1);

    private final Queue<Runnable> news = new ConcurrentLinkedQueue<>();
    private volatile @Nullable Subscription upstream;
    private volatile boolean cancelled;

    /** The audio is cancelled, or will be as soon as its subscription comes. */
    private volatile boolean unwanted;

    // All below is used only while working.
    private final ArrayDeque<TranscriptionEvent> events = new ArrayDeque<>();
    private Scheduler.@Nullable Worker timers;
    private int plans;
    private boolean awaiting;
    private boolean audioComplete;
    private boolean hanging;
    private boolean deaf;

    /** The end is decided; it goes out after the events before it. */
    private boolean over;

    private @Nullable Throwable error;

    /** The end went out, or nobody wants it. */
    private boolean done;

    DirectedSession(
            CoreSubscriber<? super TranscriptionEvent> actual,
            Function<Stage, Director> director,
            ScriptedSession record,
            Supplier<Scheduler> scheduler) {
        this.actual = actual;
        this.record = record;
        this.scheduler = scheduler;
        this.startNanos = scheduler.get().now(TimeUnit.NANOSECONDS);
        this.director = director.apply(this);
    }

    void start(Publisher<? extends AudioSignal> audio) {
        actual.onSubscribe(this);
        news.add(director::onStart);
        audio.subscribe(this);
        workOff();
    }

    // ---- the subscriber

    @Override
    public void request(long n) {
        if (n <= 0) {
            tell(() -> refuse(new IllegalArgumentException("a request must be for at least 1 event (§3.9), not " + n)));
            return;
        }
        demand.accumulateAndGet(n, Operators::addCap);
        work();
    }

    @Override
    public void cancel() {
        if (!cancelled) {
            cancelled = true;
            cancelAudio();
            work();
        }
    }

    // ---- the audio

    @Override
    public Context currentContext() {
        return actual.currentContext();
    }

    @Override
    public void onSubscribe(Subscription subscription) {
        if (Operators.validate(upstream, subscription)) {
            upstream = subscription;
            if (unwanted) {
                subscription.cancel();
            }
            work();
        }
    }

    @Override
    public void onNext(AudioSignal signal) {
        AudioSignal kept = signal instanceof AudioSignal.Chunk chunk ? copyOf(chunk) : signal;
        tell(() -> onSignal(kept));
    }

    private static AudioSignal copyOf(AudioSignal.Chunk chunk) {
        ByteBuffer copy = ByteBuffer.allocate(chunk.audio().remaining());
        copy.put(chunk.audio().duplicate()).flip();
        return AudioSignal.chunk(copy.asReadOnlyBuffer());
    }

    private void onSignal(AudioSignal signal) {
        if (over) {
            return;
        }
        if (!awaiting) {
            fail(Exceptions.failWithOverflow("the audio source emitted more than was requested"));
            return;
        }
        awaiting = false;
        record.received(signal);
        director.onSignal(signal);
    }

    @Override
    public void onError(Throwable cause) {
        tell(() -> {
            record.audioFailed(cause);
            if (over) {
                Operators.onErrorDropped(cause, actual.currentContext());
            } else {
                audioComplete = true;
                end(cause);
            }
        });
    }

    @Override
    public void onComplete() {
        tell(() -> {
            record.audioCompleted();
            if (!over) {
                audioComplete = true;
                director.onAudioComplete();
            }
        });
    }

    private void cancelAudio() {
        unwanted = true;
        Subscription s = upstream;
        if (s != null) {
            s.cancel();
        }
    }

    // ---- what the director does

    @Override
    public void emit(TranscriptionEvent event) {
        if (!over) {
            events.add(event);
        }
    }

    @Override
    public void complete() {
        endEarly(null);
    }

    @Override
    public void fail(Throwable cause) {
        endEarly(cause);
    }

    @Override
    public void hang() {
        hanging = true;
    }

    @Override
    public void stopListening() {
        deaf = true;
    }

    @Override
    public void later(Duration delay, Runnable action) {
        if (over) {
            return;
        }
        try {
            Scheduler.Worker worker = timers;
            if (worker == null) {
                worker = scheduler.get().createWorker();
                timers = worker;
            }
            worker.schedule(() -> tell(() -> onTime(action)), delay.toNanos(), TimeUnit.NANOSECONDS);
            plans++;
        } catch (RejectedExecutionException e) {
            fail(Operators.onRejectedExecution(e, actual.currentContext()));
        }
    }

    @Override
    public Duration now() {
        return Duration.ofNanos(scheduler.get().now(TimeUnit.NANOSECONDS) - startNanos);
    }

    private void onTime(Runnable action) {
        plans--;
        if (!over) {
            action.run();
        }
    }

    private void endEarly(@Nullable Throwable cause) {
        if (!over) {
            end(cause);
            cancelAudio();
        }
    }

    /** Ends it at once: whoever requests like this may never request what waits. */
    private void refuse(IllegalArgumentException cause) {
        events.clear();
        end(cause);
        cancelAudio();
    }

    private void end(@Nullable Throwable cause) {
        over = true;
        error = cause;
        stopTimers();
    }

    private void stopTimers() {
        Scheduler.Worker worker = timers;
        if (worker != null) {
            worker.dispose();
        }
    }

    // ---- one thread at a time

    private void tell(Runnable piece) {
        news.add(piece);
        work();
    }

    private void work() {
        if (work.getAndIncrement() == 0) {
            workOff();
        }
    }

    private void workOff() {
        int missed = work.get();
        do {
            if (cancelled) {
                drop();
            } else {
                takeNews();
                emitRequested();
                requestAudio();
            }
            missed = work.addAndGet(-missed);
        } while (missed != 0);
    }

    private void takeNews() {
        for (Runnable piece = news.poll(); piece != null; piece = news.poll()) {
            try {
                piece.run();
            } catch (Throwable thrown) {
                Exceptions.throwIfFatal(thrown);
                fail(thrown);
            }
        }
        if (audioComplete && plans == 0 && !hanging && !over) {
            end(null);
        }
    }

    private void emitRequested() {
        while (!cancelled && !events.isEmpty() && demand.get() > 0) {
            TranscriptionEvent event = events.remove();
            demand.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - 1);
            record.emitted(event);
            actual.onNext(event);
        }
        if (over && events.isEmpty() && !done && !cancelled) {
            done = true;
            Throwable cause = error;
            record.ended(cause);
            if (cause == null) {
                actual.onComplete();
            } else {
                actual.onError(cause);
            }
        }
    }

    private void requestAudio() {
        Subscription s = upstream;
        boolean listening = !awaiting && !audioComplete && !over && !deaf && !cancelled;
        // Demand that is left means that all events are taken.
        if (s != null && listening && plans < MAX_PLANS && demand.get() > 0) {
            awaiting = true;
            record.countRequest();
            s.request(1);
        }
    }

    private void drop() {
        news.clear();
        events.clear();
        if (!done) {
            done = true;
            over = true;
            stopTimers();
            record.cancelled();
        }
    }
}
