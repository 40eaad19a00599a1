package io.qwenasr.reactor;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What waits for the subscriber of {@link LiveFlux}, and the policy.
 *
 * <p>There is a lock because a chunk that arrives may have to take away from what another thread is about to emit; it
 * is held for a copy of one chunk, some dozens of times a second.
 */
final class WaitingAudio implements Waiting<AudioSignal> {

    private static final Duration JOINED = Duration.ofMillis(100);

    private final OverflowPolicy policy;
    private final AudioFormat format;
    private final long capacityBytes;
    private final int joinedBytes;

    /** Only the last may be without audio. */
    private final Deque<Stretch> stretches = new ArrayDeque<>();

    private long waitingBytes;

    /** Whether audio went out after the last commit or clear that did. */
    private boolean uttered;

    private boolean closed;

    WaitingAudio(OverflowPolicy policy, Duration capacity, AudioFormat format) {
        this.policy = policy;
        this.format = format;
        this.capacityBytes = format.bytesIn(capacity);
        this.joinedBytes = (int) format.bytesIn(JOINED);
    }

    /** Tells whether nothing waits, so that audio can go out at once; then it counts as gone out. */
    synchronized boolean overtake() {
        if (closed || head() != null) {
            return false;
        }
        uttered = true;
        return true;
    }

    /** Lets samples wait; returns what is lost by that, from the buffers of the caller or from here. */
    synchronized List<ByteBuffer> offer(ByteBuffer samples) {
        if (closed) {
            return List.of(samples);
        }
        long excess = waitingBytes + samples.remaining() - capacityBytes;
        if (excess <= 0) {
            append(samples);
            return List.of();
        }
        return policy == OverflowPolicy.DROP_OLDEST ? dropOldest(samples, excess) : dropNewest(samples, (int) excess);
    }

    private List<ByteBuffer> dropOldest(ByteBuffer samples, long excess) {
        List<ByteBuffer> lost = new ArrayList<>();
        long left = excess;
        while (left > 0 && waitingBytes > 0) {
            Stretch oldest = stretches.getFirst();
            ByteBuffer part = oldest.take((int) Math.min(left, oldest.audioBytes()));
            lost.add(part);
            left -= part.remaining();
            waitingBytes -= part.remaining();
            oldest.lose(format.durationOf(part.remaining()));
            if (!oldest.hasAudio() && stretches.size() > 1) {
                stretches.removeFirst();
                stretches.getFirst().precededBy(oldest);
            }
        }
        int first = samples.position();
        if (left > 0) {
            lost.add(samples.slice(first, (int) left));
            open().lose(format.durationOf(left));
        }
        append(samples.slice(first + (int) left, samples.remaining() - (int) left));
        return lost;
    }

    private List<ByteBuffer> dropNewest(ByteBuffer samples, int excess) {
        int kept = samples.remaining() - excess;
        if (kept > 0) {
            append(samples.slice(samples.position(), kept));
        }
        if (policy == OverflowPolicy.DROP_NEWEST) {
            open().lose(format.durationOf(excess));
        }
        return List.of(samples.slice(samples.position() + kept, excess));
    }

    private void append(ByteBuffer samples) {
        Stretch last = stretches.peekLast();
        if (last == null || (last.hasAudio() && last.audioBytes() + samples.remaining() > joinedBytes)) {
            last = new Stretch();
            stretches.add(last);
        }
        last.append(samples, joinedBytes);
        waitingBytes += samples.remaining();
    }

    /** Returns the last stretch, whose audio is still to come. */
    private Stretch open() {
        Stretch last = stretches.peekLast();
        if (last == null || last.hasAudio()) {
            last = new Stretch();
            stretches.add(last);
        }
        return last;
    }

    /** Lets a gap of the source wait. */
    synchronized void gap(Duration length) {
        if (!closed) {
            open().lose(length);
        }
    }

    /** Lets a commit or clear wait. */
    synchronized void control(AudioSignal signal) {
        if (!closed) {
            open().control(signal);
        }
    }

    @Override
    public synchronized @Nullable AudioSignal poll() {
        Stretch head = head();
        if (head == null) {
            return null;
        }
        AudioSignal signal = head.next();
        if (signal instanceof AudioSignal.Chunk chunk) {
            waitingBytes -= chunk.audio().remaining();
            uttered = true;
            stretches.removeFirst();
        } else if (!(signal instanceof AudioSignal.Gap)) {
            uttered = false;
        }
        return signal;
    }

    @Override
    public synchronized boolean isEmpty() {
        return head() == null;
    }

    @Override
    public synchronized List<AudioSignal> close() {
        List<AudioSignal> left = new ArrayList<>();
        for (AudioSignal signal = poll(); signal != null; signal = poll()) {
            left.add(signal);
        }
        closed = true;
        return left;
    }

    /** Returns the first stretch that has something to say. */
    private @Nullable Stretch head() {
        Stretch head = stretches.peekFirst();
        if (head != null && head.hasControl() && !uttered) {
            head.dropControl();
        }
        if (head != null && head.isEmpty()) {
            stretches.removeFirst();
            return null;
        }
        return head;
    }
}
