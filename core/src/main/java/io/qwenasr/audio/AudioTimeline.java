package io.qwenasr.audio;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.TranscriptionEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Turns positions in the audio that was heard into positions in the audio that was offered, for transcribers.
 *
 * <p>The two differ by the {@linkplain AudioSignal.Gap gaps}, which a recogniser never sees, and by silence
 * that was {@linkplain #inserted inserted}. Tell this of each {@linkplain #heard chunk} and each
 * {@linkplain #gap gap} in their order, and let each event go out by {@link #place place}. Where nothing
 * differs that returns the event as it is.
 *
 * <p>The latest 1,024 differences are remembered one by one. A position before those is told as if all older
 * ones lay before it.
 *
 * <p>Used by one thread at a time.
 *
 * @since 0.1.0
 */
public final class AudioTimeline {

    private static final int REMEMBERED = 1_024;

    /** From a position in the audio heard on, what is offered is later by so much, or earlier if negative. */
    private record Shift(Duration from, Duration by) {

        Duration of(Duration heard) {
            return heard.plus(by);
        }
    }

    private static final Shift NONE = new Shift(Duration.ZERO, Duration.ZERO);

    private final AudioFormat format;
    private final List<Shift> shifts = new ArrayList<>();

    /** The latest shift that is no longer remembered. */
    private Shift forgotten = NONE;

    private Shift latest = NONE;
    private boolean latestInserted;
    private long heardBytes;

    /**
     * Creates a timeline at zero.
     *
     * @param format of the audio
     */
    public AudioTimeline(AudioFormat format) {
        this.format = Objects.requireNonNull(format, "format");
    }

    /**
     * Counts audio that is given to the recogniser.
     *
     * @param bytes how many bytes, at least 0
     */
    public void heard(long bytes) {
        heardBytes += bytes;
    }

    /**
     * Counts audio that was lost right here.
     *
     * @param gap the loss
     * @return the event that tells of it
     */
    public TranscriptionEvent.AudioDropped gap(AudioSignal.Gap gap) {
        Duration heard = format.durationOf(heardBytes);
        Duration start = latest.of(heard);
        add(new Shift(heard, latest.by.plus(gap.length())));
        latestInserted = false;
        return new TranscriptionEvent.AudioDropped(start, start.plus(gap.length()));
    }

    /**
     * Counts audio that is given to the recogniser, but was not offered, such as silence that fills a pause.
     *
     * @param bytes how many bytes, at least 0
     */
    public void inserted(long bytes) {
        if (bytes == 0) {
            return;
        }
        Duration before = format.durationOf(heardBytes);
        heardBytes += bytes;
        Duration after = format.durationOf(heardBytes);
        if (latestInserted && latest.from.equals(before)) {
            // A long pause is one difference, however often silence is inserted.
            shifts.remove(shifts.size() - 1);
        }
        add(new Shift(after, latest.by.minus(after.minus(before))));
        latestInserted = true;
    }

    private void add(Shift shift) {
        if (!shifts.isEmpty() && latest.from.equals(shift.from)) {
            shifts.remove(shifts.size() - 1);
        } else if (shifts.size() == REMEMBERED) {
            forgotten = shifts.remove(0);
        }
        shifts.add(shift);
        latest = shift;
    }

    /**
     * Returns an event with its positions counted in the audio that was offered.
     *
     * <p>A position at a gap is after it where something starts, before it where something ends; one in audio
     * that was inserted is where that was inserted.
     *
     * @param event an event with positions counted in the audio that was heard, or without positions
     * @return the event to emit
     */
    public TranscriptionEvent place(TranscriptionEvent event) {
        if (shifts.isEmpty()) {
            return event;
        }
        if (event instanceof TranscriptionEvent.ErrorReported reported) {
            return new TranscriptionEvent.ErrorReported(
                    reported.error(), startOrNull(reported.start()), endOrNull(reported.end()));
        }
        if (event instanceof TranscriptionEvent.SpeechStarted started) {
            return new TranscriptionEvent.SpeechStarted(started.itemId(), start(started.start()));
        }
        if (event instanceof TranscriptionEvent.SpeechStopped stopped) {
            return new TranscriptionEvent.SpeechStopped(stopped.itemId(), end(stopped.end()));
        }
        if (event instanceof TranscriptionEvent.Final done) {
            return new TranscriptionEvent.Final(
                    done.itemId(),
                    done.transcript(),
                    done.language(),
                    done.emotion(),
                    startOrNull(done.start()),
                    endOrNull(done.end()));
        }
        return event;
    }

    private Duration start(Duration heard) {
        return offered(heard, true);
    }

    private Duration end(Duration heard) {
        return offered(heard, false);
    }

    private @Nullable Duration startOrNull(@Nullable Duration heard) {
        return heard == null ? null : start(heard);
    }

    private @Nullable Duration endOrNull(@Nullable Duration heard) {
        return heard == null ? null : end(heard);
    }

    private Duration offered(Duration heard, boolean inclusive) {
        Shift next = null;
        // From the end: events are about the latest audio.
        for (int i = shifts.size() - 1; i >= 0; i--) {
            Shift shift = shifts.get(i);
            int order = shift.from.compareTo(heard);
            if (order < 0 || (inclusive && order == 0)) {
                return offered(heard, shift, next);
            }
            next = shift;
        }
        return offered(heard, forgotten, next);
    }

    private static Duration offered(Duration heard, Shift shift, @Nullable Shift next) {
        Duration offered = shift.of(heard);
        if (next == null) {
            return offered;
        }
        Duration limit = next.of(next.from);
        return offered.compareTo(limit) < 0 ? offered : limit;
    }
}
