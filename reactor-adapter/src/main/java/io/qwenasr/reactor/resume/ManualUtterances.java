package io.qwenasr.reactor.resume;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** The utterances of a manual transcription that have no result yet, in their order. */
final class ManualUtterances {

    private final Deque<ManualUtterance> open = new ArrayDeque<>();

    synchronized ManualUtterance begin(long position) {
        ManualUtterance utterance = new ManualUtterance(position);
        open.add(utterance);
        return utterance;
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
        while (!open.isEmpty() && open.element().isDone()) {
            settled = open.remove().end();
        }
        if (!open.isEmpty()) {
            return open.element().start();
        }
        return settled < 0 ? otherwise : settled;
    }
}
