package io.qwenasr.reactor.resume;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioLedger;
import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscription;
import reactor.core.CoreSubscriber;
import reactor.core.Exceptions;
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
    private static final long UNKNOWN = -1;

    /** How much silence is given up at once, and how much of it is kept, since words may have begun in it. */
    private static final Duration ROOM = Duration.ofSeconds(5);

    /** How many signals a source is asked for at once, however many a session asks for. */
    private static final int MOST_REQUESTED = 32;

    private final AudioFormat format;
    private final boolean manual;
    private final long capacity;
    private final long room;
    private final LongSupplier silence;
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
    private long longest;
    private long offered;

    /** How much audio is kept from the base on, without gaps. */
    private long kept;

    private long base;
    private long sentPosition;
    private long sentNumber;

    /** Up to where audio was given up that nothing was said about. */
    private long silentTo;

    /** Up to where gaps were told of. */
    private long gapsToldTo;

    /** Up to where the last session was given audio, once nobody listens any more. */
    private long sentInTheEnd = UNKNOWN;

    private final LostAudio lost = new LostAudio();

    /**
     * @param capacity how much is kept, in bytes
     * @param silence tells up to where nothing is said that has no result; called with the tape's lock
     */
    AudioTape(AudioFormat format, boolean manual, long capacity, LongSupplier silence, Context context) {
        this.format = format;
        this.manual = manual;
        this.capacity = capacity;
        this.room = Math.min(format.bytesIn(ROOM), capacity);
        this.silence = silence;
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
        try {
            append(signal);
        } catch (Throwable thrown) {
            Exceptions.throwIfFatal(thrown);
            upstream.cancel();
            onError(thrown);
            return;
        }
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
            if (signal instanceof AudioSignal.Commit && manual && utterance == null) {
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
            if (!node.isGap()) {
                kept += length;
                longest = Math.max(longest, length);
            }
            tail.link(node);
            tail = node;
            TapeReader active = reader;
            if (active != null && active.isReading() && kept > capacity) {
                giveUp(Math.min(behind(kept - capacity), sentPosition));
            }
        }
    }

    /** What no longer fits cannot be sent again, which matters only if it has to be. */
    private void giveUp(long upTo) {
        long position = wholeSamples(upTo);
        silentTo = Math.max(silentTo, Math.min(position, silence.getAsLong()));
        trimTo(position);
    }

    private static long wholeSamples(long position) {
        return position - position % SAMPLE_BYTES;
    }

    /** Returns the position behind so much of the audio that is kept. */
    private long behind(long bytes) {
        long left = bytes;
        for (TapeNode node = head.next(); node != null; node = node.next()) {
            long there = node.audioIn(base, offered);
            if (there >= left) {
                return Math.max(base, node.start()) + left;
            }
            left -= there;
        }
        return offered;
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

    /** Nobody listens any more, and nothing is kept; only the ledger can still be read. */
    void cancel() {
        synchronized (this) {
            if (!cancelled) {
                TapeReader active = reader;
                sentInTheEnd = active == null ? 0 : active.position();
                head = tail;
                kept = 0;
            }
            cancelled = true;
        }
        upstream.cancel();
    }

    /** Requests what the reader wants, or what there is room for; wakes the reader. */
    void refill() {
        if (filling.getAndIncrement() != 0) {
            return;
        }
        int missed = 1;
        do {
            try {
                fill();
            } catch (Throwable thrown) {
                Exceptions.throwIfFatal(thrown);
                upstream.cancel();
                onError(thrown);
            }
            missed = filling.addAndGet(-missed);
        } while (missed != 0);
    }

    private void fill() {
        TapeReader active = reader;
        if (active != null) {
            active.drain();
        }
        long more = subscribed ? wanted() : 0;
        if (more > 0) {
            upstream.request(more);
        }
    }

    private synchronized long wanted() {
        if (ended || cancelled) {
            return 0;
        }
        TapeReader active = reader;
        long target;
        if (active != null && active.isReading()) {
            target = active.isAtEnd() ? Math.min(active.demand(), mostRequested()) : 0;
        } else {
            makeRoom();
            target = kept < capacity ? 1 : 0;
        }
        long more = Math.max(0, target - outstanding);
        outstanding += more;
        return more;
    }

    /** What was requested comes also if the session that asked for it is gone, and has to be kept then. */
    private long mostRequested() {
        return longest == 0 ? 1 : Math.max(1, Math.min(MOST_REQUESTED, capacity / longest));
    }

    /** Silence that was sent is worth less than what is being said while there is no session. */
    private void makeRoom() {
        if (kept < capacity) {
            return;
        }
        long position = Math.min(behind(kept - capacity + room), sentPosition - Math.min(room, capacity / 2));
        long silent = Math.min(position, silence.getAsLong());
        if (silent > base) {
            giveUp(silent);
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
     * @return up to where it was given whole utterances, as far as the caller ends them; one whose begin is not kept is
     *     ended there
     */
    synchronized long stop(TapeReader last) {
        if (reader == last) {
            reader = null;
        }
        TapeNode read = last.stop();
        long position = wholeSamples(last.position());
        if (read == null || read.isBoundary()) {
            return position;
        }
        ManualUtterance open = read.utterance();
        if (open == null) {
            return position;
        }
        if (open.start() < base && !open.isDone()) {
            split(open, position, read);
            return position;
        }
        return open.start();
    }

    /** No session can hear it as a whole any more. */
    private void split(ManualUtterance open, long position, TapeNode read) {
        ManualUtterance rest = utterances.split(open, position);
        for (TapeNode node = read; node != null; node = node.next()) {
            if (node.utterance() == open && (node.end() > position || node != read)) {
                node.belongsTo(rest);
            }
        }
        if (utterance == open) {
            utterance = rest;
        }
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
        if (position > base) {
            for (TapeNode node = head.next(); node != null && node.start() < position; node = node.next()) {
                kept -= node.audioIn(base, position);
            }
            base = position;
        }
        TapeNode next = head.next();
        while (next != null && next.end() <= base && next.number() <= sentNumber) {
            head = next;
            next = head.next();
        }
    }

    /**
     * A session is lost: what it was sent, what is not settled and what is not there any more is declared lost.
     *
     * @param openFrom from where something is said that has no result
     * @return how many bytes that is
     */
    synchronized long declareLost(long settled, long openFrom) {
        long from = dealtWith(settled, openFrom);
        if (base <= from) {
            return 0;
        }
        long already = lost.in(from, base);
        lost.add(from, base, "no longer kept when its session was lost");
        silentTo = base;
        return base - from - already;
    }

    /** What was taken for silence may turn out not to have been. */
    private long dealtWith(long settled, long openFrom) {
        return Math.max(settled, Math.min(silentTo, openFrom));
    }

    /** From where a session hears all that matters: the base, or less if what lies before was dealt with. */
    synchronized long heardFrom(long settled, long openFrom) {
        return base <= dealtWith(settled, openFrom) ? 0 : base;
    }

    /** Gaps before a position were told of, and are not sent again. */
    synchronized void gapsTold(long position) {
        gapsToldTo = Math.max(gapsToldTo, position);
    }

    synchronized boolean isGapTold(TapeNode gap) {
        return gap.end() <= gapsToldTo;
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

    /**
     * Takes a snapshot.
     *
     * @param heardOut from where a session has heard all, with what it had to say of it; the greatest value if none has
     */
    synchronized AudioLedger ledger(long settled, long openFrom, long heardOut) {
        TapeReader active = reader;
        long dealtWith = dealtWith(settled, openFrom);
        long sent = sentInTheEnd != UNKNOWN ? sentInTheEnd : active == null ? 0 : active.position();
        return lost.ledger(format, dealtWith, Math.max(dealtWith, sent), heardOut, offered);
    }

    boolean isEnded() {
        return ended;
    }

    @Nullable Throwable error() {
        return error;
    }
}
