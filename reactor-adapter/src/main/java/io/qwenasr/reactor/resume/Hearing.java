package io.qwenasr.reactor.resume;

import io.qwenasr.AudioFormat;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import reactor.core.scheduler.Scheduler;

/**
 * Up to where a session must have told of what was said: audio that it was given some time ago, by the clock. Of audio
 * that is given faster than it was spoken, the service is taken to hear a second in a second, so that what still waits
 * there to be heard is not taken for silence.
 *
 * <p>Used by the threads that send and that receive, a few times a second, so a lock does.
 */
final class Hearing {

    private static final long GRAIN_NANOS = TimeUnit.MILLISECONDS.toNanos(50);

    /** What comes at once after a pause that long is heard at once: a chunk comes when all of it was spoken. */
    private static final long CHUNK_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private record Mark(long at, long position) {}

    private final AudioFormat format;
    private final Scheduler clock;
    private final long delayNanos;

    /** What was heard when: the latest mark that is old enough, and those after it. */
    private final Deque<Mark> marks = new ArrayDeque<>();

    private long given;
    private long heard;
    private long heardAt;
    private boolean ended;

    /** @param delay how long after it has heard something the service may take to tell of it */
    Hearing(AudioFormat format, Scheduler clock, Duration delay) {
        this.format = format;
        this.clock = clock;
        this.delayNanos = delay.toNanos();
    }

    /** The session begins to listen there; what lies before was dealt with by others. */
    synchronized void begin(long position) {
        given = position;
        heard = position;
        heardAt = now() - CHUNK_NANOS;
        marks.add(new Mark(now() - delayNanos, position));
    }

    /** The session was given the audio up to there. */
    synchronized void given(long position) {
        given = Math.max(given, position);
        listen();
        if (!marks.isEmpty() && now() - marks.getLast().at >= GRAIN_NANOS) {
            marks.add(new Mark(now(), heard));
        }
    }

    /** The session hears no more. */
    synchronized void end() {
        listen();
        ended = true;
    }

    /** Tells up to where all that was said was told of; zero before it begins. */
    synchronized long toldTo() {
        listen();
        return marks.isEmpty() ? 0 : marks.element().position;
    }

    private void listen() {
        if (ended || marks.isEmpty()) {
            return;
        }
        long now = now();
        long bytes = format.bytesIn(Duration.ofNanos(now - heardAt));
        if (bytes >= given - heard) {
            heardAt = Math.max(heardAt + format.durationOf(given - heard).toNanos(), now - CHUNK_NANOS);
            heard = given;
        } else {
            heard += bytes;
            heardAt += format.durationOf(bytes).toNanos();
        }
        while (marks.size() > 1 && second().at <= now - delayNanos) {
            marks.remove();
        }
    }

    private Mark second() {
        var all = marks.iterator();
        all.next();
        return all.next();
    }

    private long now() {
        return clock.now(TimeUnit.NANOSECONDS);
    }
}
