package io.qwenasr.reactor.resume;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioLedger;
import io.qwenasr.AudioLedger.State;
import io.qwenasr.ServerError;
import io.qwenasr.TranscriptionEvent;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Ranges of the tape that were lost, in their order. */
final class LostAudio {

    private static final int MAX_RANGES = 4_096;

    /** The end of an utterance whose audio is gone. */
    static TranscriptionEvent failed(String itemId) {
        return new TranscriptionEvent.Failed(
                itemId,
                new ServerError(
                        "audio_lost", null, "its session was lost, and its audio was no longer kept", null, null));
    }

    private record Range(long from, long to, String reason) {}

    private final List<Range> ranges = new ArrayList<>();

    void add(long from, long to, String reason) {
        if (from >= to) {
            return;
        }
        int at = ranges.size();
        while (at > 0 && ranges.get(at - 1).from > from) {
            at--;
        }
        Range before = at == 0 ? null : ranges.get(at - 1);
        if (before != null && (ranges.size() == MAX_RANGES || (before.to >= from && before.reason.equals(reason)))) {
            // Where there are too many to tell one by one, what lies between two of them is counted with the loss.
            ranges.set(at - 1, new Range(before.from, Math.max(to, before.to), before.reason));
        } else {
            ranges.add(at, new Range(from, to, reason));
        }
    }

    /** Tells how much between two positions is lost already. */
    long in(long from, long to) {
        long bytes = 0;
        for (Range range : ranges) {
            bytes += Math.max(0, Math.min(to, range.to) - Math.max(from, range.from));
        }
        return bytes;
    }

    /** @param heardOut from where all was dealt with in the end */
    AudioLedger ledger(AudioFormat format, long settled, long sent, long heardOut, long offered) {
        Entries entries = new Entries(format, settled, sent, heardOut);
        long at = 0;
        for (Range range : ranges) {
            at = entries.until(at, range.from);
            if (range.to > at) {
                entries.add(at, range.to, State.LOST, range.reason);
                at = range.to;
            }
        }
        entries.until(at, offered);
        return new AudioLedger(entries.list);
    }

    /** Collects entries, joining equal neighbours. */
    private static final class Entries {
        private final AudioFormat format;
        private final long settled;
        private final long sent;
        private final long heardOut;
        private final List<AudioLedger.Entry> list = new ArrayList<>();

        Entries(AudioFormat format, long settled, long sent, long heardOut) {
            this.format = format;
            this.settled = settled;
            this.sent = sent;
            this.heardOut = heardOut;
        }

        /** Adds what lies between two positions by how far the audio has come; returns where it ends. */
        long until(long from, long to) {
            long at = from;
            at = add(at, Math.min(to, settled), State.SETTLED, null);
            at = add(at, Math.min(to, Math.min(sent, heardOut)), State.SENT, null);
            at = add(at, Math.min(to, heardOut), State.WAITING, null);
            return add(at, to, State.SETTLED, null);
        }

        long add(long from, long to, State state, @Nullable String reason) {
            if (from >= to) {
                return from;
            }
            Duration start = format.durationOf(from);
            Duration end = format.durationOf(to);
            AudioLedger.Entry last = list.isEmpty() ? null : list.get(list.size() - 1);
            if (last != null && last.state() == state && java.util.Objects.equals(last.reason(), reason)) {
                list.set(list.size() - 1, new AudioLedger.Entry(last.start(), end, state, reason));
            } else if (start.compareTo(end) < 0) {
                list.add(new AudioLedger.Entry(start, end, state, reason));
            }
            return to;
        }
    }
}
