package io.qwenasr.samples.cli.report;

import io.qwenasr.AudioLedger;
import io.qwenasr.TranscriptionEvent.AudioDropped;
import io.qwenasr.samples.cli.report.SessionStory.Reconnect;
import java.io.StringWriter;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** What the page's script draws, as JSON that may stand inside a {@code script} element. */
final class ReportData {

    private ReportData() {}

    static String of(List<SessionStory> stories) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(ObjectWriteContext.empty(), text)) {
            json.writeStartArray();
            stories.forEach(story -> write(json, story));
            json.writeEndArray();
        }
        return inScript(text.toString());
    }

    /** Outside of strings JSON has none of these, and in strings each may be written as an escape. */
    private static String inScript(String json) {
        return json.replace("<", "\\u003c")
                .replace(">", "\\u003e")
                .replace("&", "\\u0026")
                .replace("\u2028", "\\u2028")
                .replace("\u2029", "\\u2029");
    }

    private static void write(JsonGenerator json, SessionStory story) {
        json.writeStartObject();
        millis(json, "audio", story.audio());
        peaks(json, story.shape());
        json.writeArrayPropertyStart("utterances");
        story.utterances().forEach(utterance -> write(json, utterance));
        json.writeEndArray();
        json.writeArrayPropertyStart("marks");
        for (Reconnect again : story.reconnects()) {
            mark(json, "reconnect", again.heard(), again.heard(), "Session lost and resumed: " + again.why());
        }
        for (AudioDropped lost : story.dropped()) {
            mark(json, "lost", lost.start(), lost.end(), "Audio lost by the source");
        }
        if (story.ledger() != null) {
            for (AudioLedger.Entry entry : story.ledger().entries()) {
                if (entry.state() != AudioLedger.State.SETTLED) {
                    String state = entry.state().name().toLowerCase(Locale.ROOT);
                    mark(
                            json,
                            "lost",
                            entry.start(),
                            entry.end(),
                            "Audio " + state + (entry.reason() == null ? "" : ": " + entry.reason()));
                }
            }
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void peaks(JsonGenerator json, Peaks.Shape shape) {
        json.writeObjectPropertyStart("peaks");
        json.writeNumberProperty("bucket", shape.bucket().toNanos() / 1e6);
        json.writeArrayPropertyStart("low");
        for (Peaks.Peak peak : shape.peaks()) {
            json.writeNumber(peak.low());
        }
        json.writeEndArray();
        json.writeArrayPropertyStart("high");
        for (Peaks.Peak peak : shape.peaks()) {
            json.writeNumber(peak.high());
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, UtteranceStory utterance) {
        json.writeStartObject();
        millis(json, "start", utterance.start());
        millis(json, "end", utterance.end());
        json.writeStringProperty("text", utterance.shown());
        json.writeStringProperty("state", ReportPage.state(utterance));
        if (utterance.failure() != null) {
            json.writeStringProperty("failure", utterance.failure());
        }
        if (utterance.language() != null) {
            json.writeStringProperty("language", utterance.language());
        }
        millis(json, "settled", utterance.settled());
        millis(json, "first", utterance.firstPartial());
        millis(json, "final", utterance.finalResult());
        if (utterance.leftOut() > 0) {
            json.writeNumberProperty("leftOut", utterance.leftOut());
        }
        json.writeArrayPropertyStart("partials");
        for (PartialText partial : utterance.partials()) {
            json.writeStartArray();
            json.writeNumber(partial.arrived().toMillis());
            json.writeNumber(partial.heard().toMillis());
            json.writeString(partial.text());
            json.writeString(partial.stash());
            json.writeEndArray();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void mark(JsonGenerator json, String kind, Duration start, Duration end, String words) {
        json.writeStartObject();
        json.writeStringProperty("kind", kind);
        millis(json, "start", start);
        millis(json, "end", end);
        json.writeStringProperty("words", words);
        json.writeEndObject();
    }

    private static void millis(JsonGenerator json, String name, @Nullable Duration value) {
        if (value != null) {
            json.writeNumberProperty(name, value.toMillis());
        }
    }
}
