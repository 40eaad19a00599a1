package io.qwenasr.reactor.resume;

import org.jspecify.annotations.Nullable;

/** An utterance that the server found, as the subscriber knows it. */
final class VadUtterance {

    static final long UNKNOWN = -1;

    final String id;
    long start = UNKNOWN;
    long end = UNKNOWN;

    /** Where it had ended at the latest, as far as it was heard, while its end is not known. */
    long bound = UNKNOWN;

    boolean announced;
    boolean stopped;
    boolean committed;

    /** The subscriber has its result. */
    boolean ended;

    /** The session that is to bring its result, or has; null while that is for whichever finds it again. */
    @Nullable VadSession session;

    /** That session has heard its end. */
    boolean whole;

    /** The one that has its result already, of which this seems to be a part: the subscriber hears nothing of this. */
    @Nullable VadUtterance echoOf;

    VadUtterance(String id) {
        this.id = id;
    }

    /** Tells whether a session that is gone, or handed over, was to bring its result. */
    boolean isCut() {
        return !ended && session == null;
    }

    /** Another session is to bring its result. */
    void cut() {
        VadSession last = session;
        if (last != null && end == UNKNOWN) {
            bound = last.given();
        }
        session = null;
    }

    long endOrBound() {
        return end == UNKNOWN ? bound : end;
    }

    long distance(long position) {
        return Math.abs(position - start);
    }

    /** Tells whether what begins there may be this one, which was cut. */
    boolean goesOnAt(long position, long tolerance) {
        return (start == UNKNOWN || position >= start - tolerance)
                && (endOrBound() == UNKNOWN || position <= endOrBound() + tolerance);
    }

    /** Tells whether what begins there may be this one, which has its result. */
    boolean isEchoedAt(long position, long tolerance) {
        return start != UNKNOWN
                && (distance(position) <= tolerance || (position > start && end != UNKNOWN && position < end));
    }

    /** Tells whether what was heard there is no more than this one was. */
    boolean covers(long from, long to, long tolerance) {
        long common = Math.min(to, endOrBound()) - Math.max(from, start);
        return to <= endOrBound() + tolerance && (distance(from) <= tolerance || 2 * common >= to - from);
    }
}
