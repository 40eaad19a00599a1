package io.qwenasr.reactor.resume;

import java.util.ArrayList;
import java.util.List;

/** The utterances of a manual transcription that have no result yet, in their order. */
final class ManualUtterances {

    private final List<ManualUtterance> open = new ArrayList<>();

    synchronized ManualUtterance begin(long position) {
        ManualUtterance utterance = new ManualUtterance(position);
        open.add(utterance);
        return utterance;
    }

    /** Ends one that is open at a position; returns what lies behind. */
    synchronized ManualUtterance split(ManualUtterance utterance, long position) {
        ManualUtterance rest = new ManualUtterance(position);
        if (utterance.isCommitted()) {
            rest.committedAt(utterance.end());
        }
        utterance.committedAt(position);
        open.add(open.indexOf(utterance) + 1, rest);
        return rest;
    }

    /** Returns those without a result. */
    synchronized List<ManualUtterance> open() {
        List<ManualUtterance> left = new ArrayList<>();
        for (ManualUtterance utterance : open) {
            if (!utterance.isDone()) {
                left.add(utterance);
            }
        }
        return left;
    }

    /** Forgets the first ones that are done, and returns where the first other one begins. */
    synchronized long settled(long otherwise) {
        long settled = -1;
        while (!open.isEmpty() && open.get(0).isDone()) {
            settled = open.remove(0).end();
        }
        if (!open.isEmpty()) {
            return open.get(0).start();
        }
        return settled < 0 ? otherwise : settled;
    }
}
