package io.qwenasr.reactor;

import io.qwenasr.AudioSignal;
import java.nio.ByteBuffer;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A piece of audio that waits, with all that stands between it and the piece before: a gap, a commit or clear, and
 * another gap, each of which may be missing. Of several commits or clears without audio between them only the first
 * means anything, so there is room for one.
 */
final class Stretch {

    private static final ByteBuffer NO_AUDIO = ByteBuffer.allocate(0);

    private Duration lostBefore = Duration.ZERO;
    private @Nullable AudioSignal control;
    private Duration lostAfter = Duration.ZERO;

    /** A buffer of its own, with room to spare at its end. */
    private ByteBuffer audio = NO_AUDIO;

    int audioBytes() {
        return audio.remaining();
    }

    boolean hasAudio() {
        return audio.hasRemaining();
    }

    boolean hasControl() {
        return control != null;
    }

    boolean isEmpty() {
        return !hasAudio() && !hasControl() && lostBefore.isZero();
    }

    /** Audio was lost right before this audio. */
    void lose(Duration length) {
        if (control == null) {
            lostBefore = lostBefore.plus(length);
        } else {
            lostAfter = lostAfter.plus(length);
        }
    }

    /** A commit or clear came; the audio has not. */
    void control(AudioSignal signal) {
        if (control == null) {
            control = signal;
        }
    }

    void dropControl() {
        control = null;
        lostBefore = lostBefore.plus(lostAfter);
        lostAfter = Duration.ZERO;
    }

    /** Puts another one, which has no audio left, before this one. */
    void precededBy(Stretch other) {
        if (other.control == null) {
            lostBefore = other.lostBefore.plus(lostBefore);
        } else {
            lostAfter = other.lostAfter.plus(lostBefore).plus(lostAfter);
            control = other.control;
            lostBefore = other.lostBefore;
        }
    }

    /** Adds a copy of the samples at the end; doubles the room up to a limit, since more may follow. */
    void append(ByteBuffer samples, int roomLimit) {
        int length = audio.remaining() + samples.remaining();
        if (audio.capacity() - audio.limit() < samples.remaining()) {
            int room = hasAudio() ? Math.max(length, Math.min(roomLimit, 2 * length)) : length;
            audio = ByteBuffer.allocate(room).put(audio).flip();
        }
        int end = audio.limit();
        audio.limit(end + samples.remaining());
        audio.put(end, samples, samples.position(), samples.remaining());
    }

    /** Takes audio from the front. */
    ByteBuffer take(int bytes) {
        ByteBuffer taken = audio.slice(audio.position(), bytes);
        audio.position(audio.position() + bytes);
        return taken;
    }

    /** Takes the next signal; the last is the audio. There must be one. */
    AudioSignal next() {
        if (!lostBefore.isZero()) {
            AudioSignal gap = AudioSignal.gap(lostBefore);
            lostBefore = Duration.ZERO;
            return gap;
        }
        AudioSignal waiting = control;
        if (waiting != null) {
            dropControl();
            return waiting;
        }
        return AudioSignal.chunk(take(audioBytes()));
    }
}
