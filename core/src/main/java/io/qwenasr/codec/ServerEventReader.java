package io.qwenasr.codec;

import io.qwenasr.ServerError;
import io.qwenasr.codec.ServerEvent.Cleared;
import io.qwenasr.codec.ServerEvent.Committed;
import io.qwenasr.codec.ServerEvent.Completed;
import io.qwenasr.codec.ServerEvent.ErrorReported;
import io.qwenasr.codec.ServerEvent.Failed;
import io.qwenasr.codec.ServerEvent.ItemCreated;
import io.qwenasr.codec.ServerEvent.SessionCreated;
import io.qwenasr.codec.ServerEvent.SessionFinished;
import io.qwenasr.codec.ServerEvent.SessionUpdated;
import io.qwenasr.codec.ServerEvent.SpeechStarted;
import io.qwenasr.codec.ServerEvent.SpeechStopped;
import io.qwenasr.codec.ServerEvent.Text;
import io.qwenasr.codec.ServerEvent.Unknown;
import java.util.Map;
import java.util.Set;

/** The members of a server event, collected in any order. */
final class ServerEventReader {

    private static final String ITEM_ID = "item_id";

    /** Known members by type; every event has {@code event_id} and {@code type} besides. */
    static final Map<String, Set<String>> KNOWN = Map.ofEntries(
            Map.entry(SessionCreated.TYPE, Set.of("session")),
            Map.entry(SessionUpdated.TYPE, Set.of("session")),
            Map.entry(SpeechStarted.TYPE, Set.of(ITEM_ID, "audio_start_ms")),
            Map.entry(SpeechStopped.TYPE, Set.of(ITEM_ID, "audio_end_ms")),
            Map.entry(Committed.TYPE, Set.of(ITEM_ID, "previous_item_id")),
            Map.entry(ItemCreated.TYPE, Set.of("item", "previous_item_id")),
            Map.entry(Cleared.TYPE, Set.of()),
            Map.entry(Text.TYPE, Set.of(ITEM_ID, "content_index", "language", "emotion", "text", "stash")),
            Map.entry(Completed.TYPE, Set.of(ITEM_ID, "content_index", "language", "emotion", "transcript")),
            Map.entry(Failed.TYPE, Set.of(ITEM_ID, "content_index", "error")),
            Map.entry(SessionFinished.TYPE, Set.of()),
            Map.entry(ErrorReported.TYPE, Set.of("error")));

    private final ExtrasBuilder extras = new ExtrasBuilder();
    private final ExtrasBuilder innerExtras = new ExtrasBuilder();
    private final ServerEventParts parts = new ServerEventParts();

    private ServerEventReader() {}

    static ServerEvent read(EventReader in, String type) {
        ServerEventReader event = new ServerEventReader();
        Set<String> known = KNOWN.get(type);
        if (known == null) {
            return event.unknown(in, type);
        }
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            if (name.equals("type")) {
                in.skip();
            } else if (name.equals("event_id")) {
                event.parts.eventId = in.textOrKeep(name, event.extras);
            } else if (known.contains(name)) {
                event.member(in, name, type);
            } else {
                event.extras.keep(name, in.raw());
            }
        }
        event.parts.extras = event.extras.build();
        event.parts.innerExtras = event.innerExtras.build();
        return event.parts.build(type);
    }

    private Unknown unknown(EventReader in, String type) {
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            if (name.equals("event_id")) {
                parts.eventId = in.textOrKeep(name, extras);
            } else {
                in.skip();
            }
        }
        return new Unknown(parts.eventId, type, in.json());
    }

    private void member(EventReader in, String name, String type) {
        switch (name) {
            case "session" -> parts.session = SessionConfigReader.read(in);
            case ITEM_ID ->
                parts.itemId = type.equals(SpeechStopped.TYPE)
                        ? ServerEventParts.emptyToNull(in.textOrKeep(name, extras))
                        : in.requiredText();
            case "previous_item_id" -> parts.previousItemId = ServerEventParts.emptyToNull(in.textOrKeep(name, extras));
            case "audio_start_ms", "audio_end_ms" -> parts.audioMs = in.integer();
            case "content_index" -> parts.contentIndex = in.isNull() ? 0 : in.smallInteger();
            case "language" -> parts.language = in.textOrKeep(name, extras);
            case "emotion" -> parts.emotion = in.textOrKeep(name, extras);
            case "text" -> parts.text = in.isNull() ? "" : in.text();
            case "stash" -> parts.stash = in.isNull() ? "" : in.text();
            case "transcript" -> parts.transcript = in.isNull() ? "" : in.text();
            case "item" -> item(in);
            case "error" -> error(in);
            default -> throw new IllegalStateException(name);
        }
    }

    private void item(EventReader in) {
        in.beginObject();
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            if (name.equals("id")) {
                parts.itemId = in.requiredText();
                continue;
            }
            String json = in.raw();
            if (!ItemShape.isStandard(name, json)) {
                innerExtras.keep(name, json);
            }
        }
        if (parts.itemId == null) {
            throw EventReader.missing("item.id");
        }
    }

    private void error(EventReader in) {
        String type = null;
        String code = null;
        String message = null;
        String param = null;
        String clientEventId = null;
        in.beginObject();
        for (String name = in.nextMember(); name != null; name = in.nextMember()) {
            switch (name) {
                case "type" -> type = in.scalarOrKeep(name, innerExtras);
                case "code" -> code = in.scalarOrKeep(name, innerExtras);
                case "message" -> message = in.scalarOrKeep(name, innerExtras);
                case "param" -> param = in.scalarOrKeep(name, innerExtras);
                case "event_id" -> clientEventId = in.scalarOrKeep(name, innerExtras);
                default -> innerExtras.keep(name, in.raw());
            }
        }
        parts.error = new ServerError(type, code, message, param, clientEventId);
    }
}
