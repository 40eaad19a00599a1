package io.qwenasr.reactor.captions;

import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Puts the times of sessions that count from 0 again, as after a retry, behind those of the sessions before.
 *
 * <p>A session that goes on with the audio of the one before tells of nothing that ended before what is ended already.
 */
final class OneTimeline {

    /** Two sessions need not agree on positions. */
    private static final Duration TOLERANCE = Duration.ofSeconds(1);

    private Duration offset = Duration.ZERO;
    private Duration furthest = Duration.ZERO;
    private Duration ended = Duration.ZERO;
    private boolean begins;

    /** Returns the event with its times on the one timeline. */
    TranscriptionEvent onto(TranscriptionEvent event) {
        if (event instanceof SessionReady || event instanceof Reconnected) {
            begins = event instanceof SessionReady;
            return event;
        }
        Duration position = position(event);
        if (begins && position != null) {
            begins = false;
            if (position.plus(offset).plus(TOLERANCE).compareTo(ended) < 0) {
                offset = furthest;
            }
        }
        TranscriptionEvent shifted = offset.isZero() ? event : shifted(event);
        note(shifted);
        return shifted;
    }

    private void note(TranscriptionEvent event) {
        Duration position = position(event);
        if (position != null) {
            furthest = later(furthest, position);
            ended = event instanceof SpeechStarted ? ended : later(ended, position);
        }
    }

    /** Lost audio does not count: it may lie within an utterance that is told of later. */
    private static @Nullable Duration position(TranscriptionEvent event) {
        if (event instanceof SpeechStarted started) {
            return started.start();
        } else if (event instanceof SpeechStopped stopped) {
            return stopped.end();
        }
        return event instanceof Final done ? done.end() != null ? done.end() : done.start() : null;
    }

    private TranscriptionEvent shifted(TranscriptionEvent event) {
        if (event instanceof SpeechStarted started) {
            return new SpeechStarted(started.itemId(), started.start().plus(offset));
        } else if (event instanceof SpeechStopped stopped) {
            return new SpeechStopped(stopped.itemId(), stopped.end().plus(offset));
        } else if (event instanceof Final done) {
            return new Final(
                    done.itemId(),
                    done.transcript(),
                    done.language(),
                    done.emotion(),
                    shifted(done.start()),
                    shifted(done.end()));
        }
        return event instanceof AudioDropped lost
                ? new AudioDropped(lost.start().plus(offset), lost.end().plus(offset))
                : event;
    }

    private @Nullable Duration shifted(@Nullable Duration position) {
        return position == null ? null : position.plus(offset);
    }

    private static Duration later(Duration a, Duration b) {
        return a.compareTo(b) >= 0 ? a : b;
    }
}
