package io.qwenasr.reactor.recording;

import io.qwenasr.ServerError;
import io.qwenasr.TranscriptionEvent;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.TranscriptionEvent.Cleared;
import io.qwenasr.TranscriptionEvent.Committed;
import io.qwenasr.TranscriptionEvent.ErrorReported;
import io.qwenasr.TranscriptionEvent.Failed;
import io.qwenasr.TranscriptionEvent.Final;
import io.qwenasr.TranscriptionEvent.Partial;
import io.qwenasr.TranscriptionEvent.Reconnected;
import io.qwenasr.TranscriptionEvent.SessionReady;
import io.qwenasr.TranscriptionEvent.SpeechStarted;
import io.qwenasr.TranscriptionEvent.SpeechStopped;
import io.qwenasr.TranscriptionEvent.Summary;
import io.qwenasr.TranscriptionEvent.Unknown;
import org.jspecify.annotations.Nullable;

/** Events as members of a line; {@code out} names the kind. */
final class EventForm {

    /** The kinds, in lower case on the line. */
    private enum Kind {
        READY,
        STARTED,
        STOPPED,
        COMMITTED,
        PARTIAL,
        FINAL,
        FAILED,
        ERROR,
        CLEARED,
        DROPPED,
        RECONNECTED,
        SUMMARY,
        UNKNOWN
    }

    private EventForm() {}

    static void write(LineWriter line, TranscriptionEvent event) {
        if (event instanceof SessionReady ready) {
            line.text("out", "ready").text("session", ready.sessionId()).text("model", ready.model());
        } else if (event instanceof SpeechStarted started) {
            line.text("out", "started").text("item", started.itemId()).duration("start", started.start());
        } else if (event instanceof SpeechStopped stopped) {
            line.text("out", "stopped").text("item", stopped.itemId()).duration("end", stopped.end());
        } else if (event instanceof Committed committed) {
            line.text("out", "committed").text("item", committed.itemId()).text("previous", committed.previousItemId());
        } else if (event instanceof Partial partial) {
            line.text("out", "partial")
                    .text("item", partial.itemId())
                    .text("text", partial.text())
                    .text("stash", partial.stash())
                    .text("language", partial.language())
                    .text("emotion", partial.emotion());
        } else if (event instanceof Final done) {
            line.text("out", "final")
                    .text("item", done.itemId())
                    .text("transcript", done.transcript())
                    .text("language", done.language())
                    .text("emotion", done.emotion())
                    .duration("start", done.start())
                    .duration("end", done.end());
        } else if (event instanceof Failed failed) {
            line.text("out", "failed").text("item", failed.itemId()).serverError("error", failed.error());
        } else if (event instanceof ErrorReported reported) {
            line.text("out", "error")
                    .serverError("error", reported.error())
                    .duration("start", reported.start())
                    .duration("end", reported.end());
        } else if (event instanceof Cleared) {
            line.text("out", "cleared");
        } else if (event instanceof AudioDropped dropped) {
            line.text("out", "dropped").duration("start", dropped.start()).duration("end", dropped.end());
        } else if (event instanceof Reconnected again) {
            line.text("out", "reconnected")
                    .text("session", again.sessionId())
                    .duration("replayed", again.replayed())
                    .duration("lost", again.lost())
                    .number("attempt", again.attempt())
                    .text("causeType", again.cause().getClass().getName())
                    .text("cause", again.cause().getMessage());
        } else if (event instanceof Summary summary) {
            line.text("out", "summary");
            LedgerForm.write(line, summary.ledger());
        } else if (event instanceof Unknown unknown) {
            line.text("out", "unknown").text("type", unknown.type()).text("json", unknown.json());
        } else {
            throw new IllegalArgumentException(
                    "the recorder does not know events of " + event.getClass().getName());
        }
    }

    /** Returns how many characters of text an event holds, of those whose length has no small bound. */
    static long characters(TranscriptionEvent event) {
        if (event instanceof Partial partial) {
            return characters(partial.text(), partial.stash());
        }
        if (event instanceof Final done) {
            return characters(done.transcript());
        }
        if (event instanceof Failed failed) {
            return characters(failed.error());
        }
        if (event instanceof ErrorReported reported) {
            return characters(reported.error());
        }
        if (event instanceof Reconnected again) {
            return characters(again.cause().getMessage());
        }
        if (event instanceof Summary summary) {
            return LedgerForm.characters(summary.ledger());
        }
        return event instanceof Unknown unknown ? characters(unknown.json()) : 0;
    }

    private static long characters(ServerError error) {
        return characters(error.type(), error.code(), error.message(), error.param(), error.eventId());
    }

    private static long characters(@Nullable String... texts) {
        long characters = 0;
        for (String text : texts) {
            characters += text == null ? 0 : text.length();
        }
        return characters;
    }

    static TranscriptionEvent read(LineReader line) {
        return switch (line.constant(Kind.class, "out")) {
            case READY -> new SessionReady(line.text("session"), line.textOrNull("model"));
            case STARTED -> new SpeechStarted(line.text("item"), line.duration("start"));
            case STOPPED -> new SpeechStopped(line.textOrNull("item"), line.duration("end"));
            case COMMITTED -> new Committed(line.text("item"), line.textOrNull("previous"));
            case PARTIAL ->
                new Partial(
                        line.text("item"),
                        line.text("text"),
                        line.text("stash"),
                        line.textOrNull("language"),
                        line.textOrNull("emotion"));
            case FINAL ->
                new Final(
                        line.text("item"),
                        line.text("transcript"),
                        line.textOrNull("language"),
                        line.textOrNull("emotion"),
                        line.durationOrNull("start"),
                        line.durationOrNull("end"));
            case FAILED -> new Failed(line.text("item"), line.serverError("error"));
            case ERROR ->
                new ErrorReported(line.serverError("error"), line.durationOrNull("start"), line.durationOrNull("end"));
            case CLEARED -> new Cleared();
            case DROPPED -> new AudioDropped(line.duration("start"), line.duration("end"));
            case RECONNECTED ->
                new Reconnected(
                        line.text("session"),
                        line.duration("replayed"),
                        line.duration("lost"),
                        line.count("attempt"),
                        new RecordedFailureException(line.textOrNull("causeType"), line.textOrNull("cause")));
            case SUMMARY -> new Summary(LedgerForm.read(line));
            case UNKNOWN -> new Unknown(line.text("type"), line.text("json"));
        };
    }
}
