package io.qwenasr.samples.cli;

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
import java.io.StringWriter;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.SerializableString;
import tools.jackson.core.io.CharacterEscapes;
import tools.jackson.core.io.SerializedString;
import tools.jackson.core.json.JsonFactory;

/** Writes each event as a JSON object on a line of its own; what is not known is left out. */
final class JsonLines {

    private final JsonFactory factory =
            JsonFactory.builder().characterEscapes(new Escapes()).build();

    String line(TranscriptionEvent event) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = factory.createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartObject();
            write(new Fields(json), event);
            json.writeEndObject();
        }
        return text.toString();
    }

    private static void write(Fields json, TranscriptionEvent event) {
        if (event instanceof SessionReady ready) {
            json.type("session_ready").text("session_id", ready.sessionId()).text("model", ready.model());
        } else if (event instanceof SpeechStarted started) {
            json.type("speech_started").text("item_id", started.itemId()).millis("start_ms", started.start());
        } else if (event instanceof SpeechStopped stopped) {
            json.type("speech_stopped").text("item_id", stopped.itemId()).millis("end_ms", stopped.end());
        } else if (event instanceof Committed committed) {
            json.type("committed")
                    .text("item_id", committed.itemId())
                    .text("previous_item_id", committed.previousItemId());
        } else if (event instanceof Partial partial) {
            json.type("partial")
                    .text("item_id", partial.itemId())
                    .text("text", partial.text())
                    .text("stash", partial.stash())
                    .text("language", partial.language())
                    .text("emotion", partial.emotion());
        } else if (event instanceof Final end) {
            json.type("final")
                    .text("item_id", end.itemId())
                    .text("transcript", end.transcript())
                    .text("language", end.language())
                    .text("emotion", end.emotion())
                    .millis("start_ms", end.start())
                    .millis("end_ms", end.end());
        } else if (event instanceof Failed failed) {
            json.type("failed").text("item_id", failed.itemId()).error(failed.error());
        } else if (event instanceof ErrorReported reported) {
            json.type("error").error(reported.error());
            json.millis("start_ms", reported.start()).millis("end_ms", reported.end());
        } else if (event instanceof Cleared) {
            json.type("cleared");
        } else if (event instanceof AudioDropped dropped) {
            json.type("audio_dropped").millis("start_ms", dropped.start()).millis("end_ms", dropped.end());
        } else if (event instanceof Reconnected again) {
            json.type("reconnected")
                    .text("session_id", again.sessionId())
                    .millis("replayed_ms", again.replayed())
                    .millis("lost_ms", again.lost())
                    .number("attempt", again.attempt())
                    .text("error_message", again.cause().getMessage());
        } else if (event instanceof Summary summary) {
            AudioLedger ledger = summary.ledger();
            json.type("summary")
                    .millis("offered_ms", ledger.offered())
                    .millis("settled_ms", ledger.total(AudioLedger.State.SETTLED))
                    .millis("lost_ms", ledger.total(AudioLedger.State.LOST));
        } else if (event instanceof Unknown unknown) {
            json.type("unknown").text("event_type", unknown.type()).text("event", unknown.json());
        }
    }

    /** Also what JSON allows but could steer a terminal, or is the end of a line to some. */
    private static final class Escapes extends CharacterEscapes {
        private static final long serialVersionUID = 1L;

        private static final int DELETE = 0x7f;

        private final int[] ascii = standardAsciiEscapesForJSON();

        Escapes() {
            ascii[DELETE] = ESCAPE_STANDARD;
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return ascii;
        }

        @Override
        public @Nullable SerializableString getEscapeSequence(int c) {
            boolean strange = Character.isISOControl(c) || c == '\u2028' || c == '\u2029';
            return strange ? new SerializedString(String.format("\\u%04X", c)) : null;
        }
    }

    /** Writes members, or leaves them out. */
    private record Fields(JsonGenerator json) {

        Fields type(String type) {
            return text("type", type);
        }

        Fields text(String name, @Nullable String value) {
            if (value != null) {
                json.writeStringProperty(name, value);
            }
            return this;
        }

        Fields millis(String name, @Nullable Duration value) {
            if (value != null) {
                json.writeNumberProperty(name, value.toMillis());
            }
            return this;
        }

        Fields number(String name, long value) {
            json.writeNumberProperty(name, value);
            return this;
        }

        void error(ServerError error) {
            text("error_type", error.type())
                    .text("error_code", error.code())
                    .text("error_message", error.message())
                    .text("error_param", error.param());
        }
    }
}
