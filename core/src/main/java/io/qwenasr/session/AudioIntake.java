package io.qwenasr.session;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Future;
import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.InvalidSignalException;
import io.qwenasr.SessionPhase;
import io.qwenasr.codec.AppendEncoder;
import java.nio.ByteBuffer;
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
final class AudioIntake implements Subscriber<AudioSignal>, Append.Way {

    /** Takes the signals, in order, on the event loop. */
    interface Sink {
        /** There is a source to request from. */
        void onAudioSubscribed();

        /** A chunk arrived, or a further piece of one. Takes over the reference of the frame. */
        void onAppend(Append append);

        void onWritten(Append append, Future<Void> written);

        /** A chunk arrived that is too short for an append: whole samples, unencoded. Takes over the reference. */
        void onShortChunk(ByteBuf audio);

        /** A chunk arrived without a whole sample. */
        void onEmptyChunk();

        void onCommit();

        void onClear();

        void onGap(AudioSignal.Gap gap);

        void onAudioComplete();

        void onAudioError(Throwable error);

        void onInvalidSignal(String message);

        /** The audio failed before there was an event loop; on the caller's thread. */
        void onEarlyAudioError(Throwable error);
    }

    static final String UNREQUESTED = "audio arrived that had not been requested (Reactive Streams rule 1.1)";

    private record Route(EventExecutor loop, ByteBufAllocator allocator) {}

    private final Sink sink;
    private final AppendSplitter splitter;
    private final AppendEncoder encoder;
    private final int minAppendBytes;
    private final AtomicReference<@Nullable Subscription> upstream = new AtomicReference<>();
    private final AtomicInteger hopping = new AtomicInteger();
    private volatile @Nullable Route route;
    private volatile boolean completed;

    AudioIntake(Sink sink, AudioFormat format, AppendEncoder encoder, int minAppendBytes) {
        this.sink = sink;
        this.splitter = new AppendSplitter(format);
        this.encoder = encoder;
        this.minAppendBytes = minAppendBytes;
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
            take(to, chunk.audio());
        } else if (signal instanceof AudioSignal.Commit) {
            onLoop(to, sink::onCommit);
        } else if (signal instanceof AudioSignal.Clear) {
            onLoop(to, sink::onClear);
        } else if (signal instanceof AudioSignal.Gap gap) {
            onLoop(to, () -> sink.onGap(gap));
        }
    }

    private void take(Route to, ByteBuffer chunk) {
        String refusal = splitter.refusal(chunk);
        if (refusal != null) {
            onLoop(to, () -> sink.onInvalidSignal(refusal));
            return;
        }
        try {
            ByteBuffer audio = splitter.wholeSamples(chunk);
            int from = splitter.from();
            int end = splitter.to();
            if (from == end) {
                onLoop(to, sink::onEmptyChunk);
            } else if (end - from < minAppendBytes) {
                takeShort(to, audio, from, end);
            } else {
                takeInPieces(to, audio, from, end);
            }
        } catch (Throwable e) {
            // Netty's buffer pool is exhausted, most likely. Thrown at the source this would end nothing.
            onLoop(to, () -> sink.onAudioError(e));
        }
    }

    private void takeShort(Route to, ByteBuffer audio, int from, int end) {
        ByteBuf copy = to.allocator.buffer(end - from).writeBytes(audio.slice(from, end - from));
        if (!onLoop(to, () -> sink.onShortChunk(copy))) {
            copy.release();
        }
    }

    private void takeInPieces(Route to, ByteBuffer audio, int from, int end) {
        int chunkBytes = end - from;
        for (int at = from; at < end; ) {
            int pieceEnd = Math.min(end, at + AppendSplitter.MAX_AUDIO_BYTES);
            ByteBuf frame = encoder.frame(audio, at, pieceEnd, to.allocator);
            Append append = new Append(this, frame, pieceEnd - at, at == from ? chunkBytes : 0);
            if (to.loop.inEventLoop() && hopping.get() == 0) {
                sink.onAppend(append);
            } else if (!hop(to, append)) {
                frame.release();
            }
            at = pieceEnd;
        }
    }

    @Override
    public void onArrived(Append append) {
        hopping.decrementAndGet();
        sink.onAppend(append);
    }

    @Override
    public void onWritten(Append append, Future<Void> written) {
        sink.onWritten(append, written);
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
        return hop(to, () -> {
            hopping.decrementAndGet();
            task.run();
        });
    }

    /** The task is to count itself down. */
    private boolean hop(Route to, Runnable task) {
        hopping.incrementAndGet();
        try {
            to.loop.execute(task);
            return true;
        } catch (RejectedExecutionException loopShutDown) {
            hopping.decrementAndGet();
            cancel();
            return false;
        }
    }
}
