package io.qwenasr.reactor.resume;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioLedger;
import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.publisher.Operators;
import reactor.util.context.Context;

/**
 * Keeps the audio that was offered until it is settled, so that it can be sent again.
 *
 * <p>The source is requested as the session of the moment requests; while there is none, as far ahead as there is
 * room. One thread appends (the source's), one settles (the session's), one reads; the list of nodes needs no lock,
 * the few numbers around it have one, taken once for each signal and never while calling out.
 */
final class AudioTape implements CoreSubscriber<AudioSignal> {

    private static final int SAMPLE_BYTES = 2;

    /** How much silence is given up at once, and how much of it is kept, since words may have begun in it. */
    private static final Duration ROOM = Duration.ofSeconds(5);

    private final AudioFormat format;
    private final boolean manual;
    private final long capacity;
    private final long room;
    private final LongPredicate silentBefore;
    private final Context context;
    private final AtomicInteger filling = new AtomicInteger();

    private volatile Subscription upstream = Operators.emptySubscription();
    private volatile boolean subscribed;
    private volatile @Nullable TapeReader reader;
    private volatile boolean ended;
    private @Nullable Throwable error;
    private volatile boolean cancelled;

    /** The last node that is not kept, whose successors are. */
    private TapeNode head = new TapeNode(0, AudioSignal.commit(), 0, 0, null);

    private TapeNode tail = head;
    private @Nullable ManualUtterance utterance;
    private final ManualUtterances utterances = new ManualUtterances();

    private long outstanding;
    private long offered;
    private long base;
    private long sentPosition;
    private long sentNumber;

    /** Up to where audio was given up that nothing was said about. */
    private long silentTo;

    private final LostAudio lost = new LostAudio();

    AudioTape(AudioFormat format, boolean manual, long capacity, LongPredicate silentBefore, Context context) {
        this.format = format;
        this.manual = manual;
        this.capacity = capacity;
        this.room = Math.min(format.bytesIn(ROOM), capacity);
        this.silentBefore = silentBefore;
        this.context = context;
    }

    @Override
    public Context currentContext() {
        return context;
    }

    AudioFormat format() {
        return format;
    }

    ManualUtterances utterances() {
        return utterances;
    }

    // ---- the source's side

    @Override
    public void onSubscribe(Subscription s) {
        if (subscribed) {
            s.cancel();
            return;
        }
        upstream = s;
        subscribed = true;
        if (cancelled) {
            s.cancel();
            return;
        }
        refill();
    }

    @Override
    public void onNext(AudioSignal signal) {
        if (ended || cancelled) {
            Operators.onNextDropped(signal, context);
            return;
        }
        append(signal);
        refill();
    }

    @Override
    public void onError(Throwable failure) {
        if (ended) {
            Operators.onErrorDropped(failure, context);
            return;
        }
        error = failure;
        end();
    }

    @Override
    public void onComplete() {
        end();
    }

    private void end() {
        synchronized (this) {
            if (utterance != null) {
                utterance.committedAt(offered);
                utterance = null;
            }
            ended = true;
        }
        refill();
    }

    private void append(AudioSignal signal) {
        synchronized (this) {
            outstanding = Math.max(0, outstanding - 1);
            long length = lengthOf(signal);
            if (signal instanceof AudioSignal.Chunk && length == 0) {
                return;
            }
            boolean boundary = signal instanceof AudioSignal.Commit || signal instanceof AudioSignal.Clear;
            if (boundary && manual && utterance == null) {
                return;
            }
            if (manual && !boundary && utterance == null && !(signal instanceof AudioSignal.Gap)) {
                utterance = utterances.begin(offered);
            }
            TapeNode node = new TapeNode(tail.number() + 1, kept(signal), offered, offered + length, utterance);
            if (boundary && utterance != null) {
                utterance.committedAt(offered);
                if (signal instanceof AudioSignal.Clear) {
                    utterance.done();
                }
                utterance = null;
            }
            if (signal instanceof AudioSignal.Gap) {
                lost.add(offered, offered + length, "lost before it was offered");
            }
            offered += length;
            tail.link(node);
            tail = node;
            TapeReader active = reader;
            if (active != null && active.isReading() && offered - base > capacity) {
                giveUp(Math.min(offered - capacity, sentPosition));
            }
        }
    }

    /** What no longer fits cannot be sent again, which matters only if it has to be. */
    private void giveUp(long upTo) {
        long position = upTo - upTo % SAMPLE_BYTES;
        if (silentBefore.test(position)) {
            silentTo = Math.max(silentTo, position);
        }
        trimTo(position);
    }

    private long lengthOf(AudioSignal signal) {
        if (signal instanceof AudioSignal.Chunk chunk) {
            return chunk.audio().remaining();
        }
        return signal instanceof AudioSignal.Gap gap ? format.bytesIn(gap.length()) : 0;
    }

    /** The source may reuse its buffer. */
    private static AudioSignal kept(AudioSignal signal) {
        if (!(signal instanceof AudioSignal.Chunk chunk)) {
            return signal;
        }
        ByteBuffer audio = chunk.audio();
        return new AudioSignal.Chunk(
                ByteBuffer.allocate(audio.remaining()).put(audio.duplicate()).flip());
    }

    void cancel() {
        cancelled = true;
        upstream.cancel();
    }

    /** Requests what the reader wants, or what there is room for; wakes the reader. */
    void refill() {
        if (filling.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            TapeReader active = reader;
            if (active != null) {
                active.drain();
            }
            long more = subscribed ? wanted() : 0;
            if (more > 0) {
                upstream.request(more);
            }
            missed = filling.addAndGet(-missed);
        } while (missed != 0);
    }

    private synchronized long wanted() {
        if (ended || cancelled) {
            return 0;
        }
        TapeReader active = reader;
        long target;
        if (active != null && active.isReading()) {
            target = active.isAtEnd() ? active.demand() : 0;
        } else {
            makeRoom();
            target = offered - base < capacity ? 1 : 0;
        }
        long more = Math.max(0, target - outstanding);
        outstanding += more;
        return more;
    }

    /** Silence that was sent is worth less than what is being said while there is no session. */
    private void makeRoom() {
        long position = Math.min(offered - capacity + room, sentPosition - Math.min(room, capacity / 2));
        if (offered - base >= capacity && position > base && silentBefore.test(position)) {
            giveUp(position);
        }
    }

    // ---- the session's side

    /** What lies behind a position goes to this reader from now on, the utterances that are done left out. */
    void start(TapeReader next, long position) {
        synchronized (this) {
            long from = Math.max(base, position);
            TapeNode last = head;
            TapeNode after = last.next();
            while (after != null && after.number() <= sentNumber && after.end() <= from) {
                last = after;
                after = last.next();
            }
            next.begin(last, from, sentNumber);
            reader = next;
        }
        refill();
    }

    /**
     * No more goes to this reader. It tells its session so when it is drained next.
     *
     * @return up to where it was given whole utterances, as far as the caller ends them
     */
    synchronized long stop(TapeReader last) {
        if (reader == last) {
            reader = null;
        }
        return last.stop();
    }

    /** The session is gone; what it read is read again by the next. */
    void close(TapeReader closed) {
        synchronized (this) {
            if (reader == closed) {
                reader = null;
            }
        }
        refill();
    }

    /** Returns false if it is not the reader's turn any more. */
    synchronized boolean send(TapeReader by, TapeNode node) {
        if (!pass(by, node)) {
            return false;
        }
        sentPosition = Math.max(sentPosition, node.end());
        sentNumber = Math.max(sentNumber, node.number());
        return true;
    }

    synchronized boolean pass(TapeReader by, TapeNode node) {
        if (reader != by) {
            return false;
        }
        by.moveTo(node);
        return true;
    }

    /** Forgets what lies before a position. */
    synchronized void settle(long position) {
        if (position > base) {
            trimTo(Math.min(position, offered));
        }
    }

    private void trimTo(long position) {
        base = Math.max(base, position);
        TapeNode next = head.next();
        while (next != null && next.end() <= base && next.number() <= sentNumber) {
            head = next;
            next = head.next();
        }
    }

    /**
     * A session is lost: what it was sent, what is not settled and what is not there any more is declared lost.
     *
     * @return how many bytes that is
     */
    synchronized long declareLost(long settled) {
        long from = Math.max(settled, silentTo);
        if (base <= from) {
            return 0;
        }
        lost.add(from, base, "no longer kept when its session was lost");
        silentTo = base;
        return base - from;
    }

    /** From where the audio is kept. */
    synchronized long base() {
        return base;
    }

    /** How much was sent and will be sent again. */
    synchronized long toReplay() {
        long bytes = 0;
        for (TapeNode node = head.next(); node != null && node.number() <= sentNumber; node = node.next()) {
            if (!node.isDone() && !node.isGap()) {
                bytes += node.end() - Math.max(base, node.start());
            }
        }
        return bytes;
    }

    synchronized AudioLedger ledger(long settled, boolean all) {
        TapeReader active = reader;
        long dealtWith = all ? offered : Math.max(settled, silentTo);
        long sent = active == null ? dealtWith : Math.max(dealtWith, active.position());
        return lost.ledger(format, dealtWith, sent, offered);
    }

    boolean isEnded() {
        return ended;
    }

    @Nullable Throwable error() {
        return error;
    }
}
