package io.qwenasr.samples.cli;

import io.qwenasr.AudioSignal;
import io.qwenasr.SessionOptions;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.reactor.Transcriber;
import io.qwenasr.samples.cli.ServedSession.Row;
import io.qwenasr.samples.cli.ServedSession.State;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** Counts the sessions of a transcriber. Remembers those that are open, and the latest that are not. */
final class ServedSessions implements Transcriber {

    static final int MAX_REMEMBERED = 50;

    /**
     * All sessions at one moment.
     *
     * @param ended how many ran to their end
     * @param cut how many were left by their client before
     * @param failed how many failed
     * @param audio how much all of them have received
     * @param open those that are open, oldest first
     * @param past the latest of the others, latest first
     */
    record Snapshot(long ended, long cut, long failed, Duration audio, List<Row> open, List<Row> past) {}

    private final Transcriber transcriber;
    private final InstantSource clock;
    private final Set<ServedSession> open = new LinkedHashSet<>();
    private final Deque<Row> past = new ArrayDeque<>();
    private Duration pastAudio = Duration.ZERO;
    private long opened;
    private long ended;
    private long cut;
    private long failed;

    ServedSessions(Transcriber transcriber, InstantSource clock) {
        this.transcriber = transcriber;
        this.clock = clock;
    }

    @Override
    public Flux<TranscriptionEvent> transcribe(Publisher<? extends AudioSignal> audio, SessionOptions options) {
        return Flux.defer(() -> {
            ServedSession session = begin(options);
            return transcriber
                    .transcribe(Flux.<AudioSignal>from(audio).doOnNext(session::hear), options)
                    .doOnNext(session::tell)
                    .doOnError(error -> end(session, State.FAILED))
                    .doOnComplete(() -> end(session, State.ENDED))
                    .doOnCancel(() -> end(session, State.CUT));
        });
    }

    private synchronized ServedSession begin(SessionOptions options) {
        ServedSession session = new ServedSession(++opened, clock.instant(), options.format());
        open.add(session);
        return session;
    }

    private synchronized void end(ServedSession session, State how) {
        if (!open.remove(session)) {
            return;
        }
        session.end(how);
        Row row = session.row();
        pastAudio = pastAudio.plus(row.audio());
        switch (how) {
            case FAILED -> failed++;
            case CUT -> cut++;
            default -> ended++;
        }
        past.addFirst(row);
        if (past.size() > MAX_REMEMBERED) {
            past.removeLast();
        }
    }

    synchronized Snapshot snapshot() {
        List<Row> rows = new ArrayList<>();
        Duration audio = pastAudio;
        for (ServedSession session : open) {
            Row row = session.row();
            audio = audio.plus(row.audio());
            rows.add(row);
        }
        return new Snapshot(ended, cut, failed, audio, rows, List.copyOf(past));
    }
}
