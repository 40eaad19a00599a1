package io.qwenasr.reactor.resume;

import static io.qwenasr.reactor.resume.VadUtterance.UNKNOWN;

import io.qwenasr.AudioFormat;
import io.qwenasr.TranscriptionEvent;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The utterances of all sessions: those without a result, and the latest that have one.
 *
 * <p>Used by one thread at a time; the positions may be read by others.
 */
final class VadUtterances {

    /** Two sessions need not agree on the begin of an utterance to the sample: the audio before it differs. */
    private static final Duration TOLERANCE = Duration.ofMillis(500);

    /** More are not heard again: that many take longer than audio may be kept. */
    private static final int DELIVERED = 1_024;

    private final AudioFormat format;
    private final long tolerance;

    /** As they were announced: those without a result, with one behind them, or whose end is not known. */
    private final List<VadUtterance> order = new ArrayList<>();

    /** Those that have their result, and may be heard again by a session that begins before their end. */
    private final Deque<VadUtterance> delivered = new ArrayDeque<>();

    /** Those that may still find utterances. */
    private final List<VadSession> listening = new ArrayList<>();

    private volatile long settled;
    private volatile long openFrom = Long.MAX_VALUE;
    private volatile long reported;

    VadUtterances(AudioFormat format) {
        this.format = format;
        this.tolerance = format.bytesIn(TOLERANCE);
    }

    AudioFormat format() {
        return format;
    }

    long tolerance() {
        return tolerance;
    }

    List<VadUtterance> inOrder() {
        return order;
    }

    void begin(VadSession session) {
        listening.add(session);
        updateOpenFrom();
    }

    void onEnd(VadSession session) {
        listening.remove(session);
        updateOpenFrom();
    }

    void onLost() {
        listening.clear();
        settle();
    }

    void add(VadUtterance utterance) {
        order.add(utterance);
    }

    void onDelivered(VadUtterance utterance) {
        utterance.ended = true;
        delivered.add(utterance);
        if (delivered.size() > DELIVERED) {
            delivered.remove();
        }
        settle();
    }

    /** A session has told of a position: of all before it, it has told as well. */
    void reported(long position) {
        reported = Math.max(reported, position);
    }

    long settled() {
        return settled;
    }

    long openFrom() {
        return openFrom;
    }

    long reported() {
        return reported;
    }

    /** All before the end of the latest utterance such that it and all before it have their result. */
    void settle() {
        long to = settled;
        while (!order.isEmpty() && order.get(0).ended && order.get(0).end != UNKNOWN) {
            to = Math.max(to, order.remove(0).end);
        }
        if (!order.isEmpty() && order.get(0).ended) {
            to = Math.max(to, order.get(0).start);
        }
        settled = to;
        updateOpenFrom();
    }

    void updateOpenFrom() {
        long from = Long.MAX_VALUE;
        for (VadSession session : listening) {
            from = Math.min(from, session.openFrom());
        }
        for (VadUtterance utterance : order) {
            if (!utterance.ended) {
                from = Math.min(from, utterance.start == UNKNOWN ? settled : utterance.start);
            }
        }
        openFrom = from;
    }

    /**
     * Returns the one that a session hears again: of those that were cut or have their result, that which begins next to
     * where it hears one; null if that is a new one.
     */
    @Nullable VadUtterance heardAgain(long start, VadSession by) {
        VadUtterance nearest = null;
        for (VadUtterance utterance : order) {
            if (utterance.isCut()
                    && (start == UNKNOWN || utterance.goesOnAt(start, tolerance))
                    && (nearest == null || isNearer(utterance, nearest, start))) {
                nearest = utterance;
            }
        }
        if (start == UNKNOWN) {
            return nearest;
        }
        for (VadUtterance utterance : delivered) {
            if (utterance.session != by
                    && utterance.endOrBound() > by.begin()
                    && utterance.isEchoedAt(start, tolerance)
                    && (nearest == null || isNearer(utterance, nearest, start))) {
                nearest = utterance;
            }
        }
        return nearest;
    }

    private static boolean isNearer(VadUtterance one, VadUtterance other, long start) {
        return start != UNKNOWN
                && one.start != UNKNOWN
                && (other.start == UNKNOWN || one.distance(start) < other.distance(start));
    }

    /** Those that were cut and lie before what a session hears now were not heard again. */
    void passOver(long start, @Nullable VadUtterance but, Consumer<TranscriptionEvent> to) {
        for (VadUtterance utterance : order) {
            if (utterance.isCut() && utterance != but && start > utterance.endOrBound() + tolerance) {
                to.accept(result(utterance, "", null, null));
                giveUp(utterance);
            }
        }
        settle();
    }

    /** It ends without a result. */
    void giveUp(VadUtterance utterance) {
        utterance.ended = true;
        utterance.end = utterance.endOrBound();
    }

    TranscriptionEvent.Final result(
            VadUtterance utterance, String transcript, @Nullable String language, @Nullable String emotion) {
        return new TranscriptionEvent.Final(
                utterance.id,
                transcript,
                language,
                emotion,
                durationOrNull(utterance.start),
                durationOrNull(utterance.end));
    }

    Duration duration(long position) {
        return format.durationOf(position);
    }

    private @Nullable Duration durationOrNull(long position) {
        return position == UNKNOWN ? null : duration(position);
    }
}
