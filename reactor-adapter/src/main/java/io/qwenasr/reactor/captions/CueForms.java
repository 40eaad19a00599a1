package io.qwenasr.reactor.captions;

import java.io.StringWriter;
import java.time.Duration;
import java.util.Locale;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Cues as files have them. */
final class CueForms {

    static final String VTT_HEADER = "WEBVTT\n\n";

    private static final JsonFactory JSON = new JsonFactory();

    private CueForms() {}

    /** There is no way to escape anything in SRT; only the arrow could be taken for something else. */
    static String srt(long number, Cue cue) {
        return number + "\n" + time(cue.start(), ',') + " --> " + time(cue.end(), ',') + "\n"
                + cue.text().replace("-->", "→") + "\n\n";
    }

    static String vtt(Cue cue) {
        return time(cue.start(), '.') + " --> " + time(cue.end(), '.') + "\n"
                + cue.text().replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;") + "\n\n";
    }

    static String json(Cue cue) {
        StringWriter line = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
            json.writeStartObject();
            json.writeStringProperty("item_id", cue.itemId());
            json.writeNumberProperty("start_ms", cue.start().toMillis());
            json.writeNumberProperty("end_ms", cue.end().toMillis());
            json.writeName("lines");
            json.writeStartArray();
            cue.lines().forEach(json::writeString);
            json.writeEndArray();
            json.writeEndObject();
        }
        return line.append('\n').toString();
    }

    private static String time(Duration at, char point) {
        return String.format(
                Locale.ROOT,
                "%02d:%02d:%02d%c%03d",
                at.toHours(),
                at.toMinutesPart(),
                at.toSecondsPart(),
                point,
                at.toMillisPart());
    }
}
