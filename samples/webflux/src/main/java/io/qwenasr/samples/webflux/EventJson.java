package io.qwenasr.samples.webflux;

import io.qwenasr.AudioLedger;
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
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Events as the browser and curl get them: the same members as the command line's {@code --format jsonl}, what is not
 * known left out. {@code type} is always there.
 */
final class EventJson {

    /** The member that names the event. */
    static final String TYPE = "type";

    private final Map<String, Object> members = new LinkedHashMap<>();

    private EventJson(String type) {
        members.put(TYPE, type);
    }

    static EventJson type(String type) {
        return new EventJson(type);
    }

    static Map<String, Object> of(TranscriptionEvent event) {
        return json(event).members;
    }

    private static EventJson json(TranscriptionEvent event) {
        if (event instanceof SessionReady ready) {
            return type("session_ready").with("session_id", ready.sessionId()).with("model", ready.model());
        } else if (event instanceof SpeechStarted started) {
            return type("speech_started").with("item_id", started.itemId()).with("start_ms", started.start());
        } else if (event instanceof SpeechStopped stopped) {
            return type("speech_stopped").with("item_id", stopped.itemId()).with("end_ms", stopped.end());
        } else if (event instanceof Committed committed) {
            return type("committed")
                    .with("item_id", committed.itemId())
                    .with("previous_item_id", committed.previousItemId());
        } else if (event instanceof Partial partial) {
            return type("partial")
                    .with("item_id", partial.itemId())
                    .with("text", partial.text())
                    .with("stash", partial.stash())
                    .with("language", partial.language())
                    .with("emotion", partial.emotion());
        } else if (event instanceof Final end) {
            return type("final")
                    .with("item_id", end.itemId())
                    .with("transcript", end.transcript())
                    .with("language", end.language())
                    .with("emotion", end.emotion())
                    .with("start_ms", end.start())
                    .with("end_ms", end.end());
        } else if (event instanceof Failed failed) {
            return type("failed").with("item_id", failed.itemId()).with(failed.error());
        } else if (event instanceof ErrorReported reported) {
            return type("error")
                    .with(reported.error())
                    .with("start_ms", reported.start())
                    .with("end_ms", reported.end());
        } else if (event instanceof Cleared) {
            return type("cleared");
        } else if (event instanceof AudioDropped dropped) {
            return type("audio_dropped").with("start_ms", dropped.start()).with("end_ms", dropped.end());
        } else if (event instanceof Reconnected again) {
            return type("reconnected")
                    .with("session_id", again.sessionId())
                    .with("replayed_ms", again.replayed())
                    .with("lost_ms", again.lost())
                    .with("attempt", again.attempt())
                    .with("error_message", again.cause().getMessage());
        } else if (event instanceof Summary summary) {
            AudioLedger ledger = summary.ledger();
            return type("summary")
                    .with("offered_ms", ledger.offered())
                    .with("settled_ms", ledger.total(AudioLedger.State.SETTLED))
                    .with("lost_ms", ledger.total(AudioLedger.State.LOST));
        } else if (event instanceof Unknown unknown) {
            return type("unknown").with("event_type", unknown.type()).with("event", unknown.json());
        }
        return type("unknown").with("event_type", event.getClass().getSimpleName());
    }

    EventJson with(String name, @Nullable Object value) {
        if (value instanceof Duration time) {
            members.put(name, time.toMillis());
        } else if (value != null) {
            members.put(name, value);
        }
        return this;
    }

    private EventJson with(ServerError error) {
        return with("error_type", error.type())
                .with("error_code", error.code())
                .with("error_message", error.message())
                .with("error_param", error.param());
    }

    Map<String, Object> members() {
        return members;
    }
}
