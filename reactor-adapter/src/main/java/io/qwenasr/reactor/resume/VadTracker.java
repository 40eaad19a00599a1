package io.qwenasr.reactor.resume;

import io.qwenasr.AudioFormat;
import io.qwenasr.TranscriptionEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Utterances that the server finds.
 *
 * <p>An utterance that a failure cut, or the end of a session, has no result; the next session finds it again, near the
 * place where it was. One that had its result is found again, too, if an earlier one had not; that is dropped, unless it
 * turns out to be more than what was delivered.
 */
final class VadTracker implements UtteranceTracker {

    private final VadUtterances all;

    VadTracker(AudioFormat format) {
        this.all = new VadUtterances(format);
    }

    @Override
    public SessionUtterances begin(SessionTimeline timeline, int number) {
        VadSession session = new VadSession(all, timeline, number);
        all.begin(session);
        return session;
    }

    @Override
    public void onLost(long kept, Consumer<TranscriptionEvent> to) {
        for (VadUtterance utterance : all.inOrder()) {
            if (!utterance.ended) {
                utterance.cut();
                if (utterance.end != VadUtterance.UNKNOWN && utterance.end <= kept) {
                    all.giveUp(utterance);
                    to.accept(LostAudio.failed(utterance.id));
                }
            }
        }
        all.onLost();
    }

    @Override
    public long settled() {
        return all.settled();
    }

    @Override
    public long openFrom() {
        return all.openFrom();
    }

    @Override
    public long reported() {
        return all.reported();
    }

    @Override
    public List<TranscriptionEvent> leftOver() {
        List<TranscriptionEvent> left = new ArrayList<>();
        for (VadUtterance utterance : all.inOrder()) {
            if (utterance.isCut()) {
                left.add(all.result(utterance, "", null, null));
            }
        }
        return left;
    }
}
