package io.qwenasr.reactor.resume;

import io.qwenasr.AudioFormat;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns positions in one session's audio into positions on the tape, in bytes.
 *
 * <p>A session begins anywhere on the tape and passes over what need not be sent again. Used by the thread that
 * sends and by the one that receives, a few times a second, so a lock does.
 */
final class SessionTimeline {

    private static final int REMEMBERED = 1_024;
    private static final int SAMPLE_BYTES = 2;

    private record Piece(long inSession, long onTape) {}

    private final AudioFormat format;
    private final List<Piece> pieces = new ArrayList<>();
    private long begin;
    private long sent;
    private long position;

    /** The audio begins there on the tape. */
    synchronized void begin(long onTape) {
        begin = onTape;
        position = onTape;
    }

    synchronized long begin() {
        return begin;
    }

    /** Up to where on the tape the audio went out. */
    synchronized long position() {
        return position;
    }

    SessionTimeline(AudioFormat format) {
        this.format = format;
    }

    /** Audio goes out that lies there on the tape. */
    synchronized void sent(long onTape, long bytes) {
        Piece last = pieces.isEmpty() ? null : pieces.get(pieces.size() - 1);
        if (last == null || last.onTape + (sent - last.inSession) != onTape) {
            if (pieces.size() == REMEMBERED) {
                pieces.remove(0);
            }
            pieces.add(new Piece(sent, onTape));
        }
        sent += bytes;
        position = onTape + bytes;
    }

    /** Returns where that is on the tape; what lies beyond the audio that was sent is taken for its end. */
    synchronized long start(Duration inSession) {
        return onTape(format.bytesIn(inSession), true);
    }

    synchronized long end(Duration inSession) {
        return onTape(format.bytesIn(inSession), false);
    }

    private long onTape(long told, boolean inclusive) {
        long position = Math.min(told, sent - sent % SAMPLE_BYTES);
        for (int i = pieces.size() - 1; i >= 0; i--) {
            Piece piece = pieces.get(i);
            if (piece.inSession < position || (inclusive && piece.inSession == position) || i == 0) {
                return piece.onTape + (position - piece.inSession);
            }
        }
        return begin;
    }
}
