package io.qwenasr.reactor;

import static org.assertj.core.api.Assertions.assertThat;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import org.reactivestreams.Publisher;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;

/**
 * A source that asks nobody: signals made up at random, whose samples are numbered, and what may come of them.
 *
 * <p>Its chunks lie in one buffer, which it overwrites after {@code onNext}.
 */
final class LiveSource implements Publisher<AudioSignal>, Subscription {

    private static final int LOST = -1;
    private static final int ROOM = 100;

    /** A commit or clear, and how many samples of the timeline come before it. */
    private record Control(int position, AudioSignal signal) {}

    private final AudioFormat format;
    private final long sampleNanos;
    private final Random random;
    private final int mostBytes;
    private final ByteBuffer buffer;

    /** The number of each sample, or {@link #LOST}. */
    private final List<Integer> timeline = new ArrayList<>();

    private final List<Control> controls = new ArrayList<>();
    private int bytes;
    private Subscriber<? super AudioSignal> subscriber;
    private final AtomicLong requested = new AtomicLong();
    private volatile boolean cancelled;

    /** Creates a source of chunks that may hold half samples. */
    LiveSource(AudioFormat format, Random random, int mostBytes) {
        this.format = format;
        this.sampleNanos = format.durationOf(2).toNanos();
        this.random = random;
        this.mostBytes = mostBytes;
        this.buffer = ByteBuffer.allocate(ROOM).order(ByteOrder.LITTLE_ENDIAN);
    }

    @Override
    public void subscribe(Subscriber<? super AudioSignal> s) {
        subscriber = s;
        s.onSubscribe(this);
    }

    @Override
    public void request(long n) {
        requested.addAndGet(n);
    }

    @Override
    public void cancel() {
        cancelled = true;
    }

    long requested() {
        return requested.get();
    }

    boolean isCancelled() {
        return cancelled;
    }

    /** How many samples, or places of lost ones, came so far; half a sample does not count. */
    int position() {
        return timeline.size();
    }

    void complete() {
        subscriber.onComplete();
    }

    /** Emits a signal of any kind, mostly audio. */
    void emitAny() {
        int kind = random.nextInt(12);
        if (kind < 9) {
            emitAudio(random.nextInt(mostBytes + 1));
        } else if (kind == 9) {
            int length = 1 + random.nextInt(5);
            for (int i = 0; i < length; i++) {
                timeline.add(LOST);
            }
            subscriber.onNext(AudioSignal.gap(format.durationOf(2L * length)));
        } else {
            AudioSignal signal = kind == 10 ? AudioSignal.commit() : AudioSignal.clear();
            controls.add(new Control(timeline.size(), signal));
            subscriber.onNext(signal);
        }
    }

    void emitAudio(int length) {
        buffer.clear();
        for (int i = 0; i < length; i++) {
            int number = bytes / 2 & 0xFFFF;
            buffer.put((byte) (bytes % 2 == 0 ? number : number >> 8));
            if (bytes++ % 2 == 1) {
                timeline.add(number);
            }
        }
        subscriber.onNext(AudioSignal.chunk(buffer.flip()));
        buffer.clear();
        while (buffer.hasRemaining()) {
            buffer.put((byte) 0xEE);
        }
    }

    /**
     * Checks that these signals tell of every sample up to a position in order, as audio or in a gap, and have
     * exactly those commits and clears, at their places, that end audio which is kept.
     *
     * @return the position
     */
    int verify(List<AudioSignal> signals, String name) {
        List<Control> found = new ArrayList<>();
        List<Control> expected = new ArrayList<>();
        List<Control> next = new ArrayList<>(controls);
        boolean uttered = false;
        int position = 0;
        for (AudioSignal signal : signals) {
            int length = 0;
            if (signal instanceof AudioSignal.Chunk chunk) {
                ByteBuffer audio = chunk.audio().duplicate().order(ByteOrder.LITTLE_ENDIAN);
                assertThat(audio.remaining()).as(name).isPositive().isEven();
                length = audio.remaining() / 2;
            } else if (signal instanceof AudioSignal.Gap gap) {
                assertThat(gap.length().toNanos() % sampleNanos).as(name).isZero();
                length = (int) (gap.length().toNanos() / sampleNanos);
            } else {
                found.add(new Control(position, signal));
            }
            for (int i = 0; i < length; i++) {
                while (!next.isEmpty() && next.get(0).position == position) {
                    Control control = next.remove(0);
                    if (uttered) {
                        expected.add(control);
                    }
                    uttered = false;
                }
                if (signal instanceof AudioSignal.Chunk chunk) {
                    int sample = chunk.audio().order(ByteOrder.LITTLE_ENDIAN).getShort(2 * i) & 0xFFFF;
                    assertThat(sample).as("%s, sample %d", name, position).isEqualTo(timeline.get(position));
                    uttered = true;
                }
                position++;
            }
        }
        for (Control control : next) {
            if (uttered && control.position == position) {
                expected.add(control);
                uttered = false;
            }
        }
        assertThat(found).as(name).isEqualTo(expected);
        return position;
    }
}
