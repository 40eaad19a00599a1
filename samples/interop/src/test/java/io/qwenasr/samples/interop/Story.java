package io.qwenasr.samples.interop;

import com.google.gson.JsonObject;
import io.qwenasr.TranscriptionEvent;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/** What a session told about the audio, in one form for all clients, so that they can be compared. */
final class Story {

    private Story() {}

    static List<String> of(Inbox inbox) {
        return inbox.events().stream().flatMap(Story::line).toList();
    }

    static List<String> of(List<TranscriptionEvent> events) {
        return events.stream().flatMap(Story::line).toList();
    }

    static List<String> finals(List<String> story) {
        return story.stream().filter(line -> line.startsWith("final ")).toList();
    }

    private static Stream<String> line(JsonObject event) {
        String item = Wire.string(event, "item_id");
        return switch (Wire.string(event, "type")) {
            case Wire.SPEECH_STARTED -> Stream.of(started(item, Wire.string(event, "audio_start_ms")));
            case Wire.SPEECH_STOPPED -> Stream.of(stopped(item, Wire.string(event, "audio_end_ms")));
            case Wire.COMMITTED -> Stream.of(committed(item, Wire.string(event, "previous_item_id")));
            case Wire.TEXT ->
                Stream.of(partial(item, Wire.string(event, "text"), Wire.string(event, "stash"), told(event)));
            case Wire.COMPLETED -> Stream.of(completed(item, Wire.string(event, "transcript"), told(event)));
            case Wire.ERROR -> Stream.of("error " + event);
            default -> Stream.empty();
        };
    }

    private static String told(JsonObject event) {
        return Wire.string(event, "language") + "/" + Wire.string(event, "emotion");
    }

    private static Stream<String> line(TranscriptionEvent event) {
        if (event instanceof TranscriptionEvent.SpeechStarted e) {
            return Stream.of(started(e.itemId(), "" + e.start().toMillis()));
        } else if (event instanceof TranscriptionEvent.SpeechStopped e) {
            return Stream.of(
                    stopped(Objects.toString(e.itemId(), ""), "" + e.end().toMillis()));
        } else if (event instanceof TranscriptionEvent.Committed e) {
            return Stream.of(committed(e.itemId(), Objects.toString(e.previousItemId(), "")));
        } else if (event instanceof TranscriptionEvent.Partial e) {
            return Stream.of(partial(e.itemId(), e.text(), e.stash(), e.language() + "/" + e.emotion()));
        } else if (event instanceof TranscriptionEvent.Final e) {
            return Stream.of(completed(e.itemId(), e.transcript(), e.language() + "/" + e.emotion()));
        } else if (event instanceof TranscriptionEvent.SessionReady || event instanceof TranscriptionEvent.Cleared) {
            return Stream.empty();
        }
        return Stream.of("unexpected " + event);
    }

    private static String started(String item, String millis) {
        return "started " + item + " at " + millis;
    }

    private static String stopped(String item, String millis) {
        return "stopped " + item + " at " + millis;
    }

    private static String committed(String item, String previous) {
        return "committed " + item + " after '" + previous + "'";
    }

    private static String partial(String item, String text, String stash, String told) {
        return "partial " + item + " " + text + "|" + stash + " " + told;
    }

    private static String completed(String item, String transcript, String told) {
        return "final " + item + " " + transcript + " " + told;
    }
}
