package io.qwenasr.samples.cli;

import io.qwenasr.AudioFormat;
import io.qwenasr.AudioSignal;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import java.time.Duration;
import java.time.Instant;

/** What is counted of one session. May be used by several threads. */
final class ServedSession {

    /** How it is. */
    enum State {
        OPEN("open"),
        ENDED("ended"),
        CUT("cut"),
        FAILED("failed");

        private final String word;

        State(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /**
     * How it is at one moment.
     *
     * @param number the how manieth it is
     * @param since when it was opened
     * @param state how it is
     * @param audio how much was received; none can be told for Opus
     * @param utterances how many have a transcript
     * @param failed how many could not be transcribed
     * @param text the latest partial or final; may be empty
     */
    record Row(long number, Instant since, State state, Duration audio, int utterances, int failed, String text) {}

    private final long number;
    private final Instant since;
    private final AudioFormat format;
    private State state = State.OPEN;
    private long bytes;
    private int utterances;
    private int failed;
    private String text = "";

    ServedSession(long number, Instant since, AudioFormat format) {
        this.number = number;
        this.since = since;
        this.format = format;
    }

    synchronized void hear(AudioSignal signal) {
        if (signal instanceof AudioSignal.Chunk chunk) {
            bytes += chunk.audio().remaining();
        }
    }

    synchronized void tell(TranscriptionEvent event) {
        if (event instanceof Partial partial) {
            text = partial.preview();
        } else if (event instanceof Final done) {
            utterances++;
            text = done.transcript();
        } else if (event instanceof Failed) {
            failed++;
        }
    }

    /** Only the first end counts. */
    synchronized void end(State how) {
        if (state == State.OPEN) {
            state = how;
        }
    }

    synchronized Row row() {
        return new Row(number, since, state, format.durationOf(bytes), utterances, failed, text);
    }
}
