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

    private record Piece(long inSession, long onTape) {}

    private final AudioFormat format;
    private final List<Piece> pieces = new ArrayList<>();
    private long sent;

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
    }

    synchronized long start(Duration inSession) {
        return onTape(format.bytesIn(inSession), true);
    }

    synchronized long end(Duration inSession) {
        return onTape(format.bytesIn(inSession), false);
    }

    private long onTape(long position, boolean inclusive) {
        for (int i = pieces.size() - 1; i >= 0; i--) {
            Piece piece = pieces.get(i);
            if (piece.inSession < position || (inclusive && piece.inSession == position) || i == 0) {
                return piece.onTape + (position - piece.inSession);
            }
        }
        return position;
    }
}
