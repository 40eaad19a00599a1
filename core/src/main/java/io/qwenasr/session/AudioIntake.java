package io.qwenasr.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.SessionPhase;
import io.qwenasr.codec.ClientEvents;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * The end of a client session that takes the caller's audio, from any thread.
 *
 * <p>Audio is encoded on the thread that brings it, before {@code onNext} returns, so that the caller's buffer
 * is never kept; the frame then hops to the event loop.
 */
final class AudioIntake implements Subscriber<AudioSignal> {

    /** Takes the signals, in order, on the event loop. */
    interface Sink {
        /** There is a source to request from. */
        void onAudioSubscribed();

        /** A chunk arrived as appends, none if it holds no whole sample. Takes over their references. */
        void onChunk(List<Append> appends);

        void onCommit();

        void onClear();

        void onAudioComplete();

        void onAudioError(Throwable error);

        void onInvalidSignal(String message);

        /** The audio failed before there was an event loop; on the caller's thread. */
        void onEarlyAudioError(Throwable error);
    }

    /** One encoded append. */
    record Append(ByteBuf json, int audioBytes) {}

    static final String UNREQUESTED = "audio arrived that had not been requested (Reactive Streams rule 1.1)";

    private record Route(EventExecutor loop, ByteBufAllocator allocator) {}

    private final Sink sink;
    private final AppendSplitter splitter;
    private final AtomicReference<@Nullable Subscription> upstream = new AtomicReference<>();
    private final AtomicInteger hopping = new AtomicInteger();
    private volatile @Nullable Route route;
    private volatile boolean completed;
    private long appendCount;

    AudioIntake(Sink sink, AudioFormat format) {
        this.sink = sink;
        this.splitter = new AppendSplitter(format);
    }

    void attach(EventExecutor loop, ByteBufAllocator allocator) {
        route = new Route(loop, allocator);
    }

    boolean isCompleted() {
        return completed;
    }

    void request(long n) {
        Subscription s = upstream.get();
        if (s != null) {
            s.request(n);
        }
    }

    boolean isSubscribed() {
        return upstream.get() != null;
    }

    void cancel() {
        Subscription s = upstream.getAndSet(NoSubscription.INSTANCE);
        if (s != null) {
            s.cancel();
        }
    }

    @Override
    public void onSubscribe(Subscription s) {
        Objects.requireNonNull(s, "subscription");
        if (!upstream.compareAndSet(null, s)) {
            s.cancel();
            return;
        }
        Route to = route;
        if (to != null) {
            onLoop(to, sink::onAudioSubscribed);
        }
    }

    @Override
    public void onNext(AudioSignal signal) {
        Objects.requireNonNull(signal, "signal");
        if (upstream.get() == NoSubscription.INSTANCE) {
            return;
        }
        Route to = route;
        if (to == null) {
            sink.onEarlyAudioError(new InvalidSignalException(UNREQUESTED, SessionPhase.CONNECTING, null));
        } else if (signal instanceof AudioSignal.Chunk chunk) {
            encode(to, chunk.audio());
        } else if (signal instanceof AudioSignal.Commit) {
            onLoop(to, sink::onCommit);
        } else {
            onLoop(to, sink::onClear);
        }
    }

    private void encode(Route to, ByteBuffer audio) {
        List<Append> appends = new ArrayList<>(1);
        String refusal;
        try {
            refusal = splitter.split(audio, piece -> {
                int bytes = piece.remaining();
                ByteBuf json = ClientEvents.encodeAppend("event_a" + ++appendCount, piece, to.allocator);
                appends.add(new Append(json, bytes));
            });
        } catch (RuntimeException | OutOfMemoryError e) {
            // Netty's buffer pool is exhausted, most likely. Thrown at the source this would end nothing.
            appends.forEach(append -> append.json.release());
            onLoop(to, () -> sink.onAudioError(e));
            return;
        }
        if (refusal != null) {
            onLoop(to, () -> sink.onInvalidSignal(refusal));
        } else if (!onLoop(to, () -> sink.onChunk(appends))) {
            appends.forEach(append -> append.json.release());
        }
    }

    @Override
    public void onError(Throwable error) {
        Objects.requireNonNull(error, "error");
        upstream.set(NoSubscription.INSTANCE);
        Route to = route;
        if (to == null) {
            sink.onEarlyAudioError(error);
        } else {
            onLoop(to, () -> sink.onAudioError(error));
        }
    }

    @Override
    public void onComplete() {
        completed = true;
        Route to = route;
        if (to != null) {
            onLoop(to, sink::onAudioComplete);
        }
    }

    /**
     * Runs on the loop, keeping the order: at once only if no earlier signal is still on its way there.
     *
     * @return false if the loop takes no more work
     */
    private boolean onLoop(Route to, Runnable task) {
        if (to.loop.inEventLoop() && hopping.get() == 0) {
            task.run();
            return true;
        }
        hopping.incrementAndGet();
        try {
            to.loop.execute(() -> {
                hopping.decrementAndGet();
                task.run();
            });
            return true;
        } catch (RejectedExecutionException loopShutDown) {
            hopping.decrementAndGet();
            cancel();
            return false;
        }
    }
}
