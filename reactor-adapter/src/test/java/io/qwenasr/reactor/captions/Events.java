package io.qwenasr.reactor.captions;

import io.qwenasr.ServerError;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;

/** Short forms for tests. */
final class Events {

    private Events() {}

    static Duration ms(long millis) {
        return Duration.ofMillis(millis);
    }

    static SpeechStarted started(String item, long millis) {
        return new SpeechStarted(item, ms(millis));
    }

    static SpeechStopped stopped(String item, long millis) {
        return new SpeechStopped(item, ms(millis));
    }

    static Partial partial(String item, String text, String stash) {
        return new Partial(item, text, stash, "en", null);
    }

    static Final done(String item, String transcript) {
        return new Final(item, transcript, "en", null, null, null);
    }

    static Final done(String item, String transcript, long from, long to) {
        return new Final(item, transcript, "en", null, ms(from), ms(to));
    }

    static Failed failed(String item) {
        return new Failed(item, new ServerError(null, "overloaded", "try later", null, null));
    }

    static Reconnected reconnected() {
        return new Reconnected("s2", ms(500), Duration.ZERO, 1, new IllegalStateException("lost"));
    }

    static SessionReady ready() {
        return new SessionReady("s", null);
    }

    static CaptionBoard fold(TranscriptionEvent... events) {
        return fold(Arrays.asList(events));
    }

    static CaptionBoard fold(List<TranscriptionEvent> events) {
        CaptionBoard board = CaptionBoard.empty();
        for (TranscriptionEvent event : events) {
            board = board.accept(event);
        }
        return board;
    }
}
